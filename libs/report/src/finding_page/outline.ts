/** A long trace in a few lines: who ran when, and what became of the words that the race is about. */
import { type Block, blocksOf, entryPoints, isEntry, lanesOf } from '../lanes.ts'
import { type Content, breakable, html, joined } from '../markup.ts'
import type { FindingResult, StepResult } from '../results.ts'
import { unique } from '../variant.ts'
import { values } from './step.ts'

/** More blocks than this are an outline no more: they open on demand. */
const FEW_BLOCKS = 14

function range(steps: readonly StepResult[]): Content {
  const [first, last] = [steps[0]!.n, steps.at(-1)!.n]
  const label = first === last ? `step ${first}` : `steps ${first}–${last}`
  return html`<a href="#step-${first}">${label}</a>`
}

/** A step of the race in a line. */
function key(step: StepResult): Content {
  const number = html`<a href="#step-${step.n}"><span aria-hidden="true">◆ </span>${step.n}</a>`
  const cell = step.cell === null ? null : html` ${breakable(step.cell)}`
  return html`<li class="key">
    ${number} <code><b>${breakable(step.op)}</b>${cell}</code> ${values(step)}
  </li>`
}

function line(block: Block): Content {
  const { cpu, level } = block.lane
  const verb = isEntry(block.steps[0]!) ? html` <span aria-hidden="true">↯</span> enters,` : null
  const functions = entryPoints(block)
  const inside =
    functions.length === 0 ? null : html` in <code>${joined(functions.map(breakable), ', ')}</code>`
  const race = block.steps.filter((step) => step.race).map(key)
  const keys =
    race.length === 0
      ? null
      : html`<ul>
          ${race}
        </ul>`
  return html`<li>
    <span class="tag ${level}">CPU${cpu} ${block.frame}</span>${verb} ${range(block.steps)}${inside}${keys}
  </li>`
}

/** The blocks of the trace, one line each. */
export function outline({ steps }: FindingResult): Content {
  const blocks = blocksOf(steps, lanesOf(steps).at)
  const list = html`<ol class="outline">
    ${blocks.map(line)}
  </ol>`
  if (blocks.length <= FEW_BLOCKS) return list
  return html`<details>
    <summary>${blocks.length} blocks</summary>
    ${list}
  </details>`
}

function change(step: StepResult): Content {
  const value = breakable(step.after ?? step.before ?? '')
  return html`<span class="change ${step.level}"
    ><a href="#step-${step.n}" aria-label="step ${step.n}">${step.n}</a>
    ${step.race ? html`<b>${value}</b>` : value}</span
  >`
}

function history(cell: string, steps: readonly StepResult[]): Content {
  const touches = steps.filter((step) => step.cell === cell)
  const told = touches.filter((step) => step.race || step.before !== step.after)
  const start = touches[0]?.before ?? null
  const first = start === null ? null : html`<span class="change">${breakable(start)}</span> → `
  return html`<tr>
    <th scope="row">${breakable(cell)}</th>
    <td>${first}${joined(told.map(change), ' → ')}</td>
  </tr>`
}

/** For each word that a step of the race touches, its values from step to step; null if there is none. */
export function histories({ steps }: FindingResult): Content {
  const cells = unique(steps.flatMap(({ race, cell }) => (race && cell !== null ? [cell] : [])))
  if (cells.length === 0) return null
  return html`<h2 id="words">The shared words of the race</h2>
    <table class="histories">
      <thead>
        <tr>
          <th scope="col">word</th>
          <th scope="col">value, with the step that wrote or saw it</th>
        </tr>
      </thead>
      <tbody>
        ${cells.map((cell) => history(cell, steps))}
      </tbody>
    </table>`
}
