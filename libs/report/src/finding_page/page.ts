/** findings/<id>.html: what is wrong, the schedule that shows it, how to replay it. */
import { lanesOf } from '../lanes.ts'
import type { Ledger } from '../ledger.ts'
import { frequency, isCovered, nameOf, occurrences, pathOf } from '../mark.ts'
import { type Content, html } from '../markup.ts'
import type { Page } from '../page.ts'
import type { FindingResult } from '../results.ts'
import { traceCss } from '../style/trace.ts'
import { renderText } from '../text/finding.ts'
import { stepperScript } from '../viewer/script.ts'
import { counted, grouped } from '../wording.ts'
import { chainSection } from './chain.ts'
import { histories, outline } from './outline.ts'
import { traceTable } from './trace.ts'

/** Which memory model the finding needs, as far as it is known. */
function memoryOf(ledger: Ledger, finding: FindingResult): string {
  if (finding.memory === 'sc') return 'shows under sequential consistency'
  return isCovered(ledger, finding)
    ? 'needs x86-TSO: sequential consistency does not show it'
    : 'shows under x86-TSO; not known whether it needs that'
}

function facts(ledger: Ledger, finding: FindingResult): Content {
  const { design, revision } = ledger.rival(finding)
  const workload = ledger.workload(finding.workload)
  const { seen, covered } = frequency(ledger, finding)
  const defect = ledger.defectOf(finding)
  const also =
    defect.findings.length > 1
      ? html`<dt>shows in</dt>
          <dd>${occurrences(ledger, defect, '../')}</dd>`
      : null
  return html`<dl class="facts">
    <dt>property</dt>
    <dd><code>${finding.property}</code>: ${ledger.property(finding.property).sentence}</dd>
    <dt>design</dt>
    <dd><code>${design.id}</code>, ${design.title} by ${design.author}</dd>
    <dt>revision</dt>
    <dd>${revision.id}: ${revision.title}; ${revision.source}</dd>
    <dt>workload</dt>
    <dd><code>${workload.id}</code>: ${workload.question}</dd>
    <dt>actors</dt>
    <dd>${workload.actors.join('; ')}</dd>
    <dt>parameters</dt>
    <dd>${finding.map} map, target ${finding.target}</dd>
    <dt>memory</dt>
    <dd>${memoryOf(ledger, finding)}</dd>
    <dt>seen</dt>
    <dd>in ${grouped(seen)} of ${counted(covered, 'schedule')}</dd>
    <dt>this schedule</dt>
    <dd>
      minimised: ${counted(finding.steps.length, 'step')},
      ${counted(finding.preemptions, 'preemption')}${finding.proven === true ? '; no schedule that is easier to follow shows it' : null}
    </dd>
    ${also}
  </dl>`
}

function neighbours(ledger: Ledger, finding: FindingResult): Content {
  const { findings } = ledger.results
  const at = findings.indexOf(finding)
  const step = (to: FindingResult | undefined, word: string) =>
    to === undefined
      ? null
      : html`<p>
          ${word}: <a href="../${pathOf(to)}">${to.title}</a>
          <span class="muted">(${to.design}, ${to.workload}, ${to.map})</span>
        </p>`
  return html`<nav class="neighbours" aria-label="Other findings">
    ${step(findings[at - 1], 'Previous')}${step(findings[at + 1], 'Next')}
  </nav>`
}

/** The page of a finding. */
export function findingPage(ledger: Ledger, finding: FindingResult): Page {
  const name = nameOf(ledger, ledger.rival(finding))
  const { lanes } = lanesOf(finding.steps)
  const content = html`<p class="crumbs">
      <a href="../index.html#${ledger.defectOf(finding).anchor}">Findings</a> of <code>${name}</code>
    </p>
    <h1>${finding.title}</h1>
    <p class="verdict-line violated">
      <span class="mark"><span aria-hidden="true">✗</span> violated</span> <code>${finding.property}</code>
      <span class="muted">kind: ${finding.kind}</span>
    </p>
    ${facts(ledger, finding)}
    <p class="replay">Replay it in a clone of the repository:</p>
    <pre class="select-all"><code>npx nx run compare --replay ${finding.token}</code></pre>
    <h2 id="outline">The schedule in short</h2>
    ${outline(finding)} ${chainSection(finding)} ${histories(finding)}
    <h2 id="trace">The schedule, step by step</h2>
    <p class="text small">
      <span class="flag"><span aria-hidden="true">◆ </span>race</span> marks the steps that make the finding.
      A dotted lane has begun and waits: it is interrupted, preempted, or another CPU moves.
      <span class="keys" hidden
        >Keys: <kbd>j</kbd> next step, <kbd>k</kbd> previous step, <kbd>r</kbd> next step of the race.</span
      >
    </p>
    ${traceTable(finding)}
    <h2 id="text">As plain text</h2>
    <details class="as-text">
      <summary>The trace for an e-mail, 100 columns</summary>
      <pre tabindex="0">${renderText(finding)}</pre>
    </details>
    ${neighbours(ledger, finding)}`
  const description = `${name}, ${finding.workload}: ${finding.title}`
  return {
    path: pathOf(finding),
    title: finding.title,
    description,
    css: traceCss(lanes.length),
    script: stepperScript,
    content,
  }
}
