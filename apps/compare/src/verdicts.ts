/** What an exploration says of each property. Never green by default. */
import { PROPERTIES, type Property } from '@bottom-half/deferred-work'
import { bySeverity, type VerdictResult } from '@bottom-half/report'
import type { PlannedCell } from './cells.ts'
import type { Explored } from './explore_cell.ts'

type Judgement = Pick<VerdictResult, 'verdict' | 'finding' | 'reason'>

/** One verdict for each property, in their order. `explored` is null for a cell that does not apply. */
export function verdictsOf(cell: PlannedCell, explored: Explored | null): VerdictResult[] {
  const { design, revision, workload, map, target } = cell
  return PROPERTIES.map((property) => {
    const { verdict, finding, reason } = judge(property, cell, explored)
    const schedules = verdict === 'not applicable' ? 0 : explored!.result.schedules
    const where = { design, revision, workload, map, target, property: property.id }
    return { ...where, verdict, schedules, finding, reason }
  })
}

function judge(property: Property, cell: PlannedCell, explored: Explored | null): Judgement {
  if (explored === null) return { verdict: 'not applicable', finding: null, reason: cell.missing }
  if (!property.appliesTo(cell.workload))
    return {
      verdict: 'not applicable',
      finding: null,
      reason: `no schedule of ${cell.workload} can violate it`,
    }
  const [worst] = explored.findings.filter((finding) => finding.property === property.id).toSorted(bySeverity)
  if (worst !== undefined) return { verdict: 'violated', finding: worst.id, reason: null }
  if (explored.reason !== null) return { verdict: 'inconclusive', finding: null, reason: explored.reason }
  return { verdict: 'holds', finding: null, reason: null }
}
