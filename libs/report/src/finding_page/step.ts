/** One step as a row of the trace. */
import { type Block, type Lane, isEntry } from '../lanes.ts'
import { type Content, breakable, html, joined } from '../markup.ts'
import type { StepResult } from '../results.ts'
import { chainAfter, shortPath } from '../wording.ts'

/** What a row needs to know besides its step. */
export interface RowContext {
  readonly lanes: readonly Lane[]
  readonly block: Block
  readonly waiting: ReadonlySet<Lane>
  /** For an entry: what the CPU did last before. */
  readonly interrupted: StepResult | null
}

/** A step shows what changed; one that changed nothing shows what it saw. */
export function values({ before, after }: StepResult): Content {
  if (before === null && after === null) return null
  if (before === null || after === null || before === after) {
    return html`<div class="values">
      <span aria-hidden="true">= </span>${breakable(after ?? before ?? '')}
    </div>`
  }
  return html`<div class="values">${breakable(before)} → <b>${breakable(after)}</b></div>`
}

function operation(step: StepResult): Content {
  if (isEntry(step))
    return html`<div>
      <span class="op"><span aria-hidden="true">↯ </span>${step.op}</span>
    </div>`
  const cell = step.cell === null ? null : html` <span class="word">${breakable(step.cell)}</span>`
  return html`<div><span class="op">${breakable(step.op)}</span>${cell}</div>`
}

/** The cell of the lane that moves. */
function running(step: StepResult, context: RowContext): Content {
  const { block } = context
  const [first, last] = [block.steps[0] === step, block.steps.at(-1) === step]
  const classes = ['on', step.level, ...(first ? ['first'] : []), ...(last ? ['last'] : [])].join(' ')
  const name = first ? html`<div class="frame">${step.frame}</div>` : null
  const note = step.note === null ? null : html`<div class="note">${step.note}</div>`
  return html`<td class="${classes}" data-lane="CPU${step.cpu} ${step.frame}">
    ${name}${operation(step)}${values(step)}${note}
  </td>`
}

/** The cells of all lanes, in their order; a lane that waits shows that it is not over. */
export function laneCells(context: RowContext, own: Content, tag: 'td' | 'span'): Content {
  return context.lanes.map((lane) => {
    if (lane === context.block.lane) return own
    const kind = context.waiting.has(lane) ? `waits ${lane.level}` : 'off'
    return tag === 'td' ? html`<td class="${kind}"></td>` : html`<span class="${kind}"></span>`
  })
}

function chain(functions: readonly string[], above: readonly string[]): Content {
  const { shared, own } = chainAfter(functions, above)
  return html`<div class="chain">${shared ? '… › ' : null}${joined(own.map(breakable), ' › ')}</div>`
}

/** Where the step is in the source; the function chain only where it differs from the row above. */
function source(step: StepResult, previous: StepResult | undefined, context: RowContext): Content {
  if (isEntry(step)) {
    const { interrupted } = context
    const where = `on CPU${step.cpu}`
    const after =
      interrupted === null
        ? null
        : html` after <a href="#step-${interrupted.n}">step ${interrupted.n}</a> of ${interrupted.frame}`
    return html`<td class="source"><div>${step.frame} enters ${where}${after}</div></td>`
  }
  const same = previous !== undefined && previous.functions.join() === step.functions.join()
  const code = step.source === null ? null : html`<div class="line">${step.source}</div>`
  const place =
    step.file === null
      ? null
      : html`<div class="place">
          ${breakable(`${shortPath(step.file)}${step.line === null ? '' : `:${step.line}`}`)}
        </div>`
  return html`<td class="source">
    ${same || step.functions.length === 0 ? null : chain(step.functions, previous?.functions ?? [])}${code}${place}
  </td>`
}

/** The step as a table row. */
export function stepRow(step: StepResult, context: RowContext): Content {
  const { steps } = context.block
  const previous = steps[steps.indexOf(step) - 1]
  const flag = step.race ? html` <span class="flag"><span aria-hidden="true">◆ </span>race</span>` : null
  const classes = ['step', ...(step.race ? ['race'] : []), ...(isEntry(step) ? ['entry'] : [])].join(' ')
  return html`<tr id="step-${step.n}" class="${classes}">
    <th scope="row">${step.n}${flag}</th>
    ${laneCells(context, running(step, context), 'td')}${source(step, previous, context)}
  </tr>`
}
