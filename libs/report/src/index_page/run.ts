/** What the run depended on, how far it got, and how to repeat it. */
import type { Ledger } from '../ledger.ts'
import { type Content, html } from '../markup.ts'
import { type CellResult, MEMORY_NAMES, type Results } from '../results.ts'
import { grouped } from '../wording.ts'

/** The command that gives these results again. */
export function command({ run }: Results): string {
  const memory = run.memoryModel === MEMORY_NAMES.tso ? ' --memory=tso' : ''
  return `npx nx run compare --seed=${run.seed} --budget=${run.budget}${memory}`
}

/** A warning on top of the page if the run was interrupted; else nothing. */
export function partialBanner({ run }: Results): Content {
  if (!run.partial) return null
  return html`<p class="banner" role="note">
    <strong><span aria-hidden="true">⚠</span> Partial run.</strong> It was interrupted: what is shown was
    finished, what is missing is marked <em>not run</em>, and nothing is claimed about it.
  </p>`
}

function source(text: string): Content {
  return /^https:\/\/[^\s]+$/.test(text) ? html`<a href="${text}" rel="noreferrer">${text}</a>` : text
}

function posted(ledger: Ledger): Content {
  const items = ledger.rivals.map(
    ({ design, revision }) =>
      html`<li><code>${design.id}</code> ${revision.id}: ${revision.title}; ${source(revision.source)}</li>`,
  )
  return html`<ul class="plain">
    ${items}
  </ul>`
}

function endings(cell: CellResult): string {
  const entries = Object.entries(cell.endings).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return entries.map(([name, count]) => `${name} ${grouped(count)}`).join(', ')
}

function explorationRow(cell: CellResult): Content {
  const counts = [cell.schedules, cell.executions, cell.blocked, cell.stopped, cell.steps, cell.longest]
  const extent = cell.applicable ? (cell.exhausted ? 'complete' : 'budget ended') : 'not applicable'
  const who = cell.revision === 'as-posted' ? cell.design : `${cell.design} ${cell.revision}`
  return html`<tr>
    <th scope="row">${who}</th>
    <td>${cell.workload}</td>
    <td>${cell.map}</td>
    <td>${cell.target}</td>
    ${counts.map((count) => html`<td class="number">${grouped(count)}</td>`)}
    <td>${extent}</td>
    <td>${endings(cell)}</td>
  </tr>`
}

const COLUMNS: readonly (readonly [name: string, meaning: string])[] = [
  ['design', 'with its revision, unless it is as posted'],
  ['workload', 'which actors raced'],
  ['map', 'type of the map that holds the value'],
  ['target', 'the task that the callback shall run in'],
  ['schedules', 'classes of schedules that differ in the order of conflicting steps'],
  ['executions', 'complete schedules that were run'],
  ['blocked', 'runs cut short because all that follows was covered already'],
  ['stopped', 'schedules that a fatal finding ended early'],
  ['steps', 'steps performed, replays included'],
  ['longest', 'steps of the longest schedule'],
  ['extent', 'whether every schedule within the bound was covered'],
  ['endings', 'how accepted submissions ended, over all schedules'],
]

/** Every exploration of the run, in a table that opens on demand. */
function explorations(results: Results): Content {
  const headings = COLUMNS.map(([name, meaning]) => html`<th scope="col" title="${meaning}">${name}</th>`)
  return html`<details class="explorations">
    <summary>All ${results.cells.length} explorations, with what each covered</summary>
    <div class="wide" role="group" aria-label="Explorations" tabindex="0">
      <table class="lines">
        <thead>
          <tr>
            ${headings}
          </tr>
        </thead>
        <tbody>
          ${results.cells.map(explorationRow)}
        </tbody>
      </table>
    </div>
  </details>`
}

function facts(ledger: Ledger): readonly (readonly [name: string, value: Content])[] {
  const { run, lab, schema } = ledger.results
  return [
    ['strategy', run.strategy],
    ['memory model', run.memoryModel],
    ['bound', `at most ${grouped(run.budget)} schedules for each exploration`],
    ['seed', run.seed],
    ['versions', `lab ${lab.version}, kernel model ${lab.model}, results schema ${schema}`],
    ['texts modelled', posted(ledger)],
    ['data', html`<a href="results.json">results.json</a>, the same bytes in each run with these parameters`],
  ]
}

/** The section on the run. */
export function runSection(ledger: Ledger): Content {
  const items = facts(ledger).map(
    ([name, value]) =>
      html`<dt>${name}</dt>
        <dd>${value}</dd>`,
  )
  return html`<section id="run" aria-labelledby="run-title">
    <h2 id="run-title">The run</h2>
    <dl class="facts">${items}</dl>
    <p>To repeat it in a clone of the repository:</p>
    <pre class="select-all"><code>npm ci &amp;&amp; ${command(ledger.results)}</code></pre>
    ${explorations(ledger.results)}
  </section>`
}
