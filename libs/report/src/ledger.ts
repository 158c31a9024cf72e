/** The results, indexed for the pages, after a check that every id leads somewhere. */
import { LabBug } from './lab_bug.ts'
import type { CellResult, FindingResult, Results, VerdictResult } from './results.ts'
import { bySimplicity } from './severity.ts'

export type DesignResult = Results['designs'][number]
export type WorkloadResult = Results['workloads'][number]
export type PropertyResult = Results['properties'][number]
type RevisionResult = DesignResult['revisions'][number]

/** One revision of one design: what a column of the report is about. */
export interface Rival {
  /** `cmpxchg-task-work/as-posted`; also an anchor. */
  readonly id: string
  readonly design: DesignResult
  readonly revision: RevisionResult
}

/** One defect: findings of a rival that share property and title, the simplest first. */
export interface Defect {
  readonly anchor: string
  readonly rival: Rival
  readonly property: PropertyResult
  readonly title: string
  readonly kind: string
  readonly findings: readonly FindingResult[]
}

/** Where a verdict, a cell or a finding belongs. */
interface Place {
  readonly design: string
  readonly revision: string
  readonly workload: string
}

export interface Ledger {
  readonly results: Results
  readonly rivals: readonly Rival[]
  readonly defects: readonly Defect[]
  rival(place: Place): Rival
  workload(id: string): WorkloadResult
  property(id: string): PropertyResult
  finding(id: string): FindingResult
  /** The verdicts of a rival, for one workload or for all. */
  verdicts(rival: Rival, workload?: WorkloadResult): readonly VerdictResult[]
  cells(rival: Rival, workload: WorkloadResult): readonly CellResult[]
  defectOf(finding: FindingResult): Defect
}

const rivalId = (design: string, revision: string) => `${design}/${revision}`

function byId<T extends { readonly id: string }>(what: string, items: readonly T[]): (id: string) => T {
  const index = new Map(items.map((item) => [item.id, item]))
  if (index.size !== items.length) throw new LabBug(`two of the results' ${what} have the same id`)
  return (id) => {
    const item = index.get(id)
    if (item === undefined) throw new LabBug(`the results name ${what} "${id}", which they do not describe`)
    return item
  }
}

/** The revisions that the run looked at; of a design that it did not reach, the first. */
function rivalsOf(results: Results): Rival[] {
  const seen = new Set([...results.cells, ...results.verdicts].map((at) => rivalId(at.design, at.revision)))
  return results.designs.flatMap((design) => {
    const present = design.revisions.filter((revision) => seen.has(rivalId(design.id, revision.id)))
    const shown = present.length > 0 ? present : design.revisions.slice(0, 1)
    return shown.map((revision) => ({ id: rivalId(design.id, revision.id), design, revision }))
  })
}

function defectsOf(
  results: Results,
  rival: (place: Place) => Rival,
  property: (id: string) => PropertyResult,
) {
  const key = (f: FindingResult) => JSON.stringify([f.design, f.revision, f.property, f.title])
  const groups = [...Map.groupBy(results.findings, key).values()]
  return groups.map((group): Defect => {
    const findings = group.toSorted(bySimplicity)
    const first = findings[0]!
    const shared = { property: property(first.property), title: first.title, kind: first.kind }
    return { anchor: `defect-${first.id}`, rival: rival(first), ...shared, findings }
  })
}

/** A violated property without a finding, or a verdict that borrows another's, would be a claim without evidence. */
function checkEvidence(verdict: VerdictResult, finding: (id: string) => FindingResult): void {
  const { design, workload, property } = verdict
  const where = `${design} under ${workload}, ${property}`
  if (verdict.finding === null) {
    if (verdict.verdict === 'violated') throw new LabBug(`${where}: violated without a finding`)
    return
  }
  const shown = finding(verdict.finding)
  const same = shown.design === design && shown.revision === verdict.revision && shown.property === property
  if (!same) throw new LabBug(`${where}: finding "${shown.id}" belongs to another verdict`)
}

/** Opens the results for reading; throws a lab bug if they contradict themselves. */
export function openLedger(results: Results): Ledger {
  const rivals = rivalsOf(results)
  byId('a design', results.designs)
  const rivalBy = byId('a revision', rivals)
  const rival = (place: Place) => rivalBy(rivalId(place.design, place.revision))
  const workload = byId('a workload', results.workloads)
  const property = byId('a property', results.properties)
  const finding = byId('a finding', results.findings)
  const defects = defectsOf(results, rival, property)
  const defectBy = new Map(defects.flatMap((defect) => defect.findings.map((each) => [each.id, defect])))
  for (const place of [...results.cells, ...results.verdicts, ...results.findings]) {
    rival(place)
    workload(place.workload)
  }
  for (const verdict of results.verdicts) {
    property(verdict.property)
    checkEvidence(verdict, finding)
  }
  const verdictsOf = Map.groupBy(results.verdicts, (verdict) => rival(verdict))
  const cellsOf = Map.groupBy(results.cells, (cell) => rival(cell))
  return {
    results,
    rivals,
    defects,
    rival,
    workload,
    property,
    finding,
    verdicts: (of, under) => {
      const all = verdictsOf.get(of) ?? []
      return under === undefined ? all : all.filter((verdict) => verdict.workload === under.id)
    },
    cells: (of, under) => (cellsOf.get(of) ?? []).filter((cell) => cell.workload === under.id),
    defectOf: (of) => defectBy.get(of.id)!,
  }
}
