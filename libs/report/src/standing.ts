/** What the verdicts of one design amount to, property by property. */
import { type Defect, type Ledger, type PropertyResult, type Rival, openLedger } from './ledger.ts'
import type { FindingResult, Results } from './results.ts'
import { bySeverity } from './severity.ts'
import { type Standing, worst } from './verdict.ts'

/** How one revision of a design did in a run. */
export interface Score {
  readonly design: string
  readonly revision: string
  /** How many properties came out how, over all workloads; a property counts with its worst verdict. */
  readonly properties: Readonly<Record<Standing, number>>
  /** How many distinct defects the findings amount to. */
  readonly defects: number
  /** The finding to show if only one can be shown: gravest kind, then simplest schedule. */
  readonly worst: FindingResult | null
}

/** The worst verdict of a property over all workloads of a rival. */
export function standingOf(ledger: Ledger, rival: Rival, property: PropertyResult): Standing {
  const verdicts = ledger.verdicts(rival).filter((verdict) => verdict.property === property.id)
  return worst(verdicts.map(({ verdict }) => verdict))
}

/** The defects of a rival, gravest first. */
export function defectsOf(ledger: Ledger, rival: Rival): readonly Defect[] {
  const own = ledger.defects.filter((defect) => defect.rival === rival)
  return own.toSorted((a, b) => bySeverity(a.findings[0]!, b.findings[0]!))
}

/** The score of one rival. */
export function scoreOf(ledger: Ledger, rival: Rival): Score {
  const properties = { violated: 0, inconclusive: 0, holds: 0, 'not applicable': 0, 'not run': 0 }
  for (const property of ledger.results.properties) properties[standingOf(ledger, rival, property)] += 1
  const defects = defectsOf(ledger, rival)
  const worstFinding = defects[0]?.findings[0] ?? null
  const { design, revision } = rival
  return {
    design: design.id,
    revision: revision.id,
    properties,
    defects: defects.length,
    worst: worstFinding,
  }
}

/** One score for each revision of each design in the results, in their order: what a summary table prints. */
export function scores(results: Results): Score[] {
  const ledger = openLedger(results)
  return ledger.rivals.map((rival) => scoreOf(ledger, rival))
}
