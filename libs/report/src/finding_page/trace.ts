/** The swim-lane trace: a column for each lane, a row for each step. */
import { type Block, type Lane, blocksOf, isEntry, lanesOf, waitingLanes } from '../lanes.ts'
import { type Content, breakable, html, joined } from '../markup.ts'
import type { FindingResult, StepResult } from '../results.ts'
import { unique } from '../variant.ts'
import { type Stretch, stretches } from './fold.ts'
import { type RowContext, laneCells, stepRow } from './step.ts'

function columns(lanes: readonly Lane[]): Content {
  return html`<colgroup>
    <col class="c-number" />
    <col class="c-lane" span="${lanes.length}" />
    <col class="c-source" />
  </colgroup>`
}

/** Two rows: the CPUs, and below each its lanes. */
function heading(lanes: readonly Lane[]): Content {
  const cpus = [...Map.groupBy(lanes, ({ cpu }) => cpu)]
  const groups = cpus.map(
    ([cpu, own]) => html`<th scope="colgroup" class="cpu" colspan="${own.length}">CPU${cpu}</th>`,
  )
  const labels = lanes.map(({ label, level }) => html`<th scope="col" class="lane ${level}">${label}</th>`)
  return html`<tr>
      <th scope="col" rowspan="2">Step</th>
      ${groups}
      <th scope="col" rowspan="2">Source</th>
    </tr>
    <tr>
      ${labels}
    </tr>`
}

/** What folded steps do, in a line: the functions they are in. */
function gist(steps: readonly StepResult[]): Content {
  const functions = unique(steps.flatMap(({ functions: chain }) => chain.slice(0, 1)))
  const rest = functions.length > 4 ? ['…'] : []
  return joined([...functions.slice(0, 4).map(breakable), ...rest], ', ')
}

/** Steps folded away: the summary looks like a row, the opened details hold the rows themselves. */
function foldedRow({ steps }: Stretch, context: RowContext): Content {
  const [first, last] = [steps[0]!, steps.at(-1)!]
  const own = html`<span class="on ${first.level}">⋮ ${steps.length} steps</span>`
  const range = html`<span class="range">${first.n}–${last.n}</span>`
  const summary = html`<summary>
    ${range}${laneCells(context, own, 'span')}<span class="source">${gist(steps)}</span>
  </summary>`
  return html`<tr class="fold">
    <td colspan="${context.lanes.length + 2}">
      <details>
        ${summary}
        <table>
          ${columns(context.lanes)}
          <thead class="unseen">
            ${heading(context.lanes)}
          </thead>
          <tbody>
            ${steps.map((step) => stepRow(step, context))}
          </tbody>
        </table>
      </details>
    </td>
  </tr>`
}

/** The last step of the same CPU before an entry, if any. */
function before(entry: StepResult, steps: readonly StepResult[]): StepResult | null {
  if (!isEntry(entry)) return null
  const earlier = steps.slice(0, steps.indexOf(entry))
  return earlier.findLast(({ cpu }) => cpu === entry.cpu) ?? null
}

function blockRows(block: Block, context: RowContext, total: number): Content {
  return stretches(block, total).map((stretch) =>
    stretch.folded ? foldedRow(stretch, context) : stretch.steps.map((step) => stepRow(step, context)),
  )
}

/** The trace of a finding as a table. */
export function traceTable({ steps }: FindingResult): Content {
  const { lanes, at } = lanesOf(steps)
  const blocks = blocksOf(steps, at)
  const waiting = waitingLanes(blocks)
  const bodies = blocks.map((block) => {
    const interrupted = before(block.steps[0]!, steps)
    const context = { lanes, block, waiting: waiting.get(block)!, interrupted }
    return html`<tbody>
      ${blockRows(block, context, steps.length)}
    </tbody>`
  })
  return html`<table class="trace" id="trace-table">
    <caption class="unseen">
      The schedule, one row for each step, one column for each CPU and frame
    </caption>
    ${columns(lanes)}
    <thead>
      ${heading(lanes)}
    </thead>
    ${bodies}
  </table>`
}
