/** One cell of the verdict matrix: a rival under a workload. */
import type { Ledger, Rival, WorkloadResult } from '../ledger.ts'
import { mark, nameOf, pathOf } from '../mark.ts'
import { type Content, breakable, html, joined } from '../markup.ts'
import type { CellResult, VerdictResult } from '../results.ts'
import { bySimplicity } from '../severity.ts'
import { type Variant, describe, unique } from '../variant.ts'
import { STANDINGS, type Standing, className, worst } from '../verdict.ts'
import { counted, listed } from '../wording.ts'

interface Summary {
  readonly standing: Standing
  /** How many properties come out as `standing`, and how many were judged at all. */
  readonly count: number
  readonly judged: number
}

const properties = (verdicts: readonly VerdictResult[]) => unique(verdicts.map(({ property }) => property))

function summarise(verdicts: readonly VerdictResult[]): Summary {
  const standing = worst(verdicts.map(({ verdict }) => verdict))
  const matching = verdicts.filter(({ verdict }) => verdict === standing)
  const judged = verdicts.filter(({ verdict }) => verdict !== 'not applicable')
  return { standing, count: properties(matching).length, judged: properties(judged).length }
}

function sentence({ standing, count, judged }: Summary): string {
  if (standing === 'violated') return `${count} of ${counted(judged, 'property')}`
  if (standing === 'inconclusive') return `${count} of ${counted(judged, 'property')} undecided`
  if (standing === 'holds') return `all ${counted(judged, 'property')}`
  return ''
}

/** The link to the simplest trace of each violated property. */
function violations(ledger: Ledger, verdicts: readonly VerdictResult[]): Content {
  const violated = verdicts.filter(({ verdict }) => verdict === 'violated')
  const links = [...Map.groupBy(violated, ({ property }) => property)].map(([property, group]) => {
    const findings = group.map(({ finding }) => ledger.finding(finding!)).toSorted(bySimplicity)
    const [first] = findings
    return html`<a href="${pathOf(first!)}" title="${first!.title}">${breakable(property)}</a>`
  })
  return links.length === 0 ? null : html`<div class="links">${joined(links, ', ')}</div>`
}

function reasons(verdicts: readonly VerdictResult[], standing: Standing): string[] {
  const matching = verdicts.filter(({ verdict }) => verdict === standing)
  return unique(matching.flatMap(({ reason }) => (reason === null ? [] : [reason])))
}

/** One line for each class of map types that came out alike; nothing if all did. */
function perMap(verdicts: readonly VerdictResult[]): Content {
  const byMap = Map.groupBy(verdicts, ({ map }) => map)
  const outcome = (group: readonly VerdictResult[]) => {
    const violated = group.filter(({ verdict }) => verdict === 'violated')
    return JSON.stringify([summarise(group).standing, properties(violated)])
  }
  const classes = Map.groupBy([...byMap], ([, group]) => outcome(group))
  if (classes.size < 2) return null
  const lines = [...classes.values()].map((members) => {
    const summary = summarise(members[0]![1])
    const maps = listed(members.map(([map]) => map))
    return html`<li>
      ${maps}: ${mark(summary.standing)} ${summary.standing === 'violated' ? sentence(summary) : ''}
    </li>`
  })
  return html`<ul class="per-map">
    ${lines}
  </ul>`
}

function propertyLine(
  ledger: Ledger,
  group: readonly VerdictResult[],
  all: readonly VerdictResult[],
): Content {
  const { verdict, property } = group[0]!
  const others = all.filter((each) => each.property === property)
  const where = group.length === others.length ? '' : ` (${describe(group, others)})`
  const links = group.flatMap((each) => {
    if (each.finding === null) return []
    const label = describe([each], others) || 'trace'
    return [html`<a href="${pathOf(ledger.finding(each.finding))}">${label}</a>`]
  })
  const more = links.length > 0 ? joined(links, ', ') : reasons(group, verdict).join('; ')
  const name = html`${breakable(property)}${links.length > 0 ? '' : where}${more === '' ? '' : ': '}${more}`
  return html`<li class="${className(verdict)}">${mark(verdict)} ${name}</li>`
}

function breakdown(ledger: Ledger, verdicts: readonly VerdictResult[]): Content {
  const lines = STANDINGS.flatMap((standing) => {
    const matching = verdicts.filter(({ verdict }) => verdict === standing)
    const groups = [...Map.groupBy(matching, ({ property }) => property).values()]
    return groups.map((group) => propertyLine(ledger, group, verdicts))
  })
  return html`<details>
    <summary>property by property</summary>
    <ul class="properties">
      ${lines}
    </ul>
  </details>`
}

/** The line on top of a cell and what belongs to it: for all maps, or for the one that the filter chose. */
function overview(
  ledger: Ledger,
  map: string,
  verdicts: readonly VerdictResult[],
  cells: readonly CellResult[],
): Content {
  const summary = summarise(verdicts)
  const schedules = cells.reduce((sum, cell) => sum + cell.schedules, 0)
  return html`<div
    data-map="${map}"
    data-standing="${className(summary.standing)}"
    ${map === '' ? '' : 'hidden'}
  >
    ${mark(summary.standing)}
    ${sentence(summary)}${violations(ledger, verdicts)}${map === '' ? perMap(verdicts) : ''}
    <div class="covered">${counted(schedules, 'schedule')} covered</div>
  </div>`
}

function overviews(
  ledger: Ledger,
  verdicts: readonly VerdictResult[],
  cells: readonly CellResult[],
): Content {
  const maps = unique(ledger.results.cells.map(({ map }) => map))
  const chosen = maps.length < 2 ? [] : maps
  const ofMap = <T extends Variant>(map: string, items: readonly T[]) =>
    items.filter((item) => item.map === map)
  return [
    overview(ledger, '', verdicts, cells),
    ...chosen.map((map) => overview(ledger, map, ofMap(map, verdicts), ofMap(map, cells))),
  ]
}

/** The cell as a table cell. */
export function matrixCell(ledger: Ledger, rival: Rival, workload: WorkloadResult): Content {
  const verdicts = ledger.verdicts(rival, workload)
  const { standing } = summarise(verdicts)
  const start = html`class="verdict ${className(standing)}" data-rival="${nameOf(ledger, rival)}"`
  if (standing === 'not run') return html`<td ${start}>${mark(standing)}</td>`
  if (standing === 'not applicable') {
    const why = reasons(verdicts, standing).join('; ')
    return html`<td ${start} title="${why}">
      ${mark(standing)}
      <div class="why">${why}</div>
    </td>`
  }
  return html`<td ${start}>
    ${overviews(ledger, verdicts, ledger.cells(rival, workload))} ${breakdown(ledger, verdicts)}
  </td>`
}
