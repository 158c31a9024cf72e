/** Small pieces of markup that several pages show. */
import type { Defect, Ledger, Rival } from './ledger.ts'
import { type Content, breakable, html, joined } from './markup.ts'
import type { FindingResult } from './results.ts'
import { describe } from './variant.ts'
import { SYMBOLS, type Standing, className } from './verdict.ts'

/** Symbol and word: a verdict is never only a colour. */
export function mark(standing: Standing): Content {
  const symbol = SYMBOLS[standing]
  return html`<span class="mark ${className(standing)}"
    ><span aria-hidden="true">${symbol}</span> ${standing}</span
  >`
}

/** Where the page of a finding is, seen from the root of the report. */
export function pathOf(finding: FindingResult): string {
  return `findings/${finding.id}.html`
}

/** The design's id, and its revision where the report shows more than one of it. */
export function nameOf(ledger: Ledger, rival: Rival): string {
  const alone = ledger.rivals.filter(({ design }) => design === rival.design).length === 1
  return alone ? rival.design.id : `${rival.design.id}, ${rival.revision.id}`
}

/** `seen in 12 of 340 schedules`, as far as the results tell. */
export function frequency(ledger: Ledger, finding: FindingResult): { seen: number; covered: number } {
  const cells = ledger.cells(ledger.rival(finding), ledger.workload(finding.workload))
  const cell = cells.find(({ map, target }) => map === finding.map && target === finding.target)
  return { seen: finding.schedules, covered: cell?.schedules ?? finding.schedules }
}

/** Was every schedule of the finding's cell covered? */
export function isCovered(
  ledger: Ledger,
  { design, revision, workload, map, target }: FindingResult,
): boolean {
  return ledger.results.cells.some(
    (cell) =>
      cell.design === design &&
      cell.revision === revision &&
      cell.workload === workload &&
      cell.map === map &&
      cell.target === target &&
      cell.exhausted,
  )
}

/** The workloads in which a defect shows, each with the maps it shows in and links to the traces. */
export function occurrences(ledger: Ledger, defect: Defect, root: string): Content {
  const byWorkload = Map.groupBy(
    ledger.results.findings.filter((each) => defect.findings.includes(each)),
    ({ workload }) => workload,
  )
  const items = [...byWorkload].map(([workload, findings]) => {
    const all = ledger.cells(defect.rival, ledger.workload(workload))
    const links = findings.map((finding) => {
      const label = describe([finding], all.length > 0 ? all : findings)
      const text = label === '' ? 'trace' : label
      return html`<a href="${root}${pathOf(finding)}">${text}</a>`
    })
    return html`<li><code>${breakable(workload)}</code>: ${joined(links, ', ')}</li>`
  })
  return html`<ul class="occurrences">
    ${items}
  </ul>`
}
