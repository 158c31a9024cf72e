/** One cell: every schedule that matters, and what was wrong in them. */
import { type Exploration, explore, type FoundFinding, randomWalk } from '@bottom-half/exploration'
import type { Machine } from '@bottom-half/kernel-model'
import type { CellResult, FindingResult } from '@bottom-half/report'
import type { Cell } from './cells.ts'
import { EndingCount } from './ending_count.ts'
import { type Scenario, scenarioOf } from './scenario.ts'
import { witnessOf } from './witness.ts'

/** What an exploration depends on beside its cell. */
export interface Bounds {
  /** The most schedules of the exhaustive exploration. */
  readonly budget: number
  /** Of the random schedules that follow if the budget ended. */
  readonly seed: number
}

/** What became of a cell. */
export interface Explored {
  readonly result: CellResult
  /** In the order in which the exploration met them. */
  readonly findings: readonly FindingResult[]
  /** Why not every schedule was covered; null if it was. */
  readonly reason: string | null
}

/** How many random schedules follow where the budget ended. */
const RANDOM_SCHEDULES = 1000

/** The same cell and bounds give the same result. `onProgress` gets the number of schedules so far. */
export function exploreCell(cell: Cell, bounds: Bounds, onProgress: (executions: number) => void): Explored {
  const scenario = scenarioOf(cell)
  const endings = new EndingCount()
  const onSchedule = (machine: Machine): void => endings.add(scenario.endingsOf(machine))
  const exhaustive = explore(scenario.program, { maxExecutions: bounds.budget, onSchedule, onProgress })
  const random = exhaustive.exhausted ? NO_WALK : walk(scenario, bounds.seed, onSchedule)
  const found = merged(exhaustive.findings, random.findings)
  return {
    result: {
      design: cell.design,
      revision: cell.revision,
      workload: cell.workload,
      map: cell.map,
      target: cell.target,
      applicable: true,
      executions: exhaustive.executions + random.executions,
      schedules: exhaustive.classes,
      blocked: exhaustive.blocked,
      steps: exhaustive.steps + random.steps,
      longest: Math.max(exhaustive.longest, random.longest),
      exhausted: exhaustive.exhausted,
      stopped: exhaustive.stopped + random.stopped,
      endings: endings.counts(),
    },
    findings: witnesses(scenario, cell, found),
    reason: exhaustive.exhausted ? null : reasonOf(exhaustive, random.executions),
  }
}

const NO_WALK = { executions: 0, steps: 0, longest: 0, stopped: 0, findings: [] }

function walk(
  scenario: Scenario,
  seed: number,
  onSchedule: (machine: Machine) => void,
): ReturnType<typeof randomWalk> {
  return randomWalk(scenario.program, { seed, schedules: RANDOM_SCHEDULES, onSchedule })
}

function reasonOf({ reason, classes }: Exploration, random: number): string {
  return `${reason}: ${classes} classes of schedules were covered, and ${random} random schedules were tried`
}

/** Each finding once, with the schedule that showed it first. */
function merged(exhaustive: readonly FoundFinding[], random: readonly FoundFinding[]): FoundFinding[] {
  const all = exhaustive.map((each) => ({ ...each }))
  for (const more of random) {
    const { kind, title } = more.finding
    const known = all.find(({ finding }) => finding.kind === kind && finding.title === title)
    if (known === undefined) all.push({ ...more })
    else known.schedules += more.schedules
  }
  return all
}

function witnesses(scenario: Scenario, cell: Cell, found: readonly FoundFinding[]): FindingResult[] {
  const counts = new Map<string, number>()
  return found.map((each) => {
    const { kind } = each.finding
    const nth = (counts.get(kind) ?? 0) + 1
    counts.set(kind, nth)
    return witnessOf(scenario, cell, each, idOf(cell, kind, nth))
  })
}

/** Names the page of a finding. */
function idOf({ design, revision, workload, map, target }: Cell, kind: string, nth: number): string {
  const words = [design, revision, workload, map, target, kind, ...(nth === 1 ? [] : [nth])]
  return words.join('-').replaceAll('_', '-')
}
