/** The same verdicts the other way: a row for each property. */
import { anchor } from '../anchor.ts'
import type { Ledger, PropertyResult, Rival } from '../ledger.ts'
import { mark, nameOf } from '../mark.ts'
import { type Content, breakable, html, joined } from '../markup.ts'
import { defectsOf, standingOf } from '../standing.ts'
import { unique } from '../variant.ts'
import { className } from '../verdict.ts'
import { counted } from '../wording.ts'
import { rivalHeading } from './matrix.ts'

function details(ledger: Ledger, rival: Rival, property: PropertyResult): Content {
  const verdicts = ledger.verdicts(rival).filter((verdict) => verdict.property === property.id)
  const standing = standingOf(ledger, rival, property)
  const matching = verdicts.filter(({ verdict }) => verdict === standing)
  const judged = verdicts.filter(({ verdict }) => verdict !== 'not applicable')
  const workloads = (of: typeof verdicts) => unique(of.map(({ workload }) => workload)).length
  if (standing === 'holds')
    return html` <span class="covered">in ${counted(workloads(judged), 'workload')}</span>`
  if (standing === 'not applicable' || standing === 'not run') {
    const why = unique(matching.flatMap(({ reason }) => (reason === null ? [] : [reason])))
    return html`<div class="why">${why.join('; ')}</div>`
  }
  const extent = html` <span class="covered"
    >in ${workloads(matching)} of ${counted(workloads(judged), 'workload')}</span
  >`
  const defects = defectsOf(ledger, rival).filter((defect) => defect.property === property)
  const links = defects.map((defect) => html`<a href="#${defect.anchor}">${defect.title}</a>`)
  return html`${extent}
    <div class="links">${joined(links, html`<br />`)}</div>`
}

/** The matrix as a section. */
export function propertyMatrix(ledger: Ledger): Content {
  const rows = ledger.results.properties.map((property) => {
    const cells = ledger.rivals.map((rival) => {
      const standing = standingOf(ledger, rival, property)
      const content = details(ledger, rival, property)
      return html`<td class="verdict ${className(standing)}" data-rival="${nameOf(ledger, rival)}">
        ${mark(standing)}${content}
      </td>`
    })
    return html`<tr>
      <th scope="row" id="${anchor('property', property.id)}">
        <code>${breakable(property.id)}</code>
        <div class="question">${property.sentence}</div>
      </th>
      ${cells}
    </tr>`
  })
  return html`<section id="properties" aria-labelledby="properties-title">
    <h2 id="properties-title">Verdicts: properties by design</h2>
    <p class="text">The worst verdict over all workloads, map types and targets.</p>
    <div class="wide" role="group" aria-label="Table of verdicts by property" tabindex="0">
      <table class="matrix">
        <thead>
          <tr>
            <th scope="col">Property</th>
            ${ledger.rivals.map((rival) => rivalHeading(ledger, rival))}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </section>`
}
