/** The verdict matrix: a row for each workload, a column for each rival. */
import { anchor } from '../anchor.ts'
import type { Ledger, Rival } from '../ledger.ts'
import { mark, nameOf } from '../mark.ts'
import { type Content, breakable, html } from '../markup.ts'
import { MEANINGS, STANDINGS } from '../verdict.ts'
import { matrixCell } from './cell.ts'

/** The heading of a rival's column, the same in every table. */
export function rivalHeading(ledger: Ledger, rival: Rival): Content {
  const { author, callbackContext } = rival.design
  return html`<th scope="col" class="rival">
    <code>${breakable(nameOf(ledger, rival))}</code>
    <div class="origin">${author}; callback in ${callbackContext} context</div>
  </th>`
}

/** What the symbols mean, for those that a table shows. */
export function legend(): Content {
  const items = STANDINGS.map(
    (standing) =>
      html`<div>
        <dt>${mark(standing)}</dt>
        <dd>${MEANINGS[standing]}</dd>
      </div>`,
  )
  return html`<dl class="legend">${items}</dl>`
}

/** The matrix as a section. */
export function verdictMatrix(ledger: Ledger): Content {
  const { workloads } = ledger.results
  const headings = ledger.rivals.map((rival) => rivalHeading(ledger, rival))
  const rows = workloads.map((workload) => {
    const cells = ledger.rivals.map((rival) => matrixCell(ledger, rival, workload))
    return html`<tr>
      <th scope="row" id="${anchor('workload', workload.id)}">
        <code>${breakable(workload.id)}</code>
        <div class="question">${workload.question}</div>
      </th>
      ${cells}
    </tr>`
  })
  return html`<section id="matrix" aria-labelledby="matrix-title">
    <h2 id="matrix-title">Verdicts: designs under workloads</h2>
    ${legend()}
    <div class="wide" role="group" aria-label="Table of verdicts by workload" tabindex="0">
      <table class="matrix">
        <thead>
          <tr>
            <th scope="col">Workload</th>
            ${headings}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </section>`
}
