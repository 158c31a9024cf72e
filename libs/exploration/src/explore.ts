/** Exhaustive exploration within a budget, and what it came to. */
import type { Machine } from '@bottom-half/kernel-model'
import { MOST_STEPS } from './bounds.ts'
import type { Total } from './estimate.ts'
import { type ExplorationState, Exploring } from './exploring.ts'
import type { FoundFinding } from './found.ts'
import type { Program } from './program.ts'
import type { Counts, Tally, Teller, Totals } from './totals.ts'

/** How far an exploration is. */
export interface ExplorationFigures {
  /** Steps of the newest run. */
  readonly depth: number
  /** How many runs it will have. */
  readonly estimate: Total
}

/** Where an exploration is kept, so that it can be gone on with after whatever happens. */
export interface Checkpointing {
  /** Asked after each run: is it time? */
  due(): boolean
  /** Also called at the end, unless all was explored. */
  save(state: ExplorationState): void
}

export interface ExploreOptions {
  /** The most runs; reaching it makes the exploration inconclusive. */
  readonly maxExecutions?: number
  /** The most steps of one run: more is taken for a livelock and reported as budget exhausted. */
  readonly maxSteps?: number
  /** Called with each complete run; the machine is at its end. */
  readonly onSchedule?: (machine: Machine, moves: () => number[], fingerprint: number) => void
  /** Called with each complete run: what it counts is summed up, over all threads and after each resumption. */
  readonly tally?: Teller
  /**
   * The exploration begins again, since gets and puts of a reference count turned out to be dependent (references.ts): what was told
   * so far does not count.
   */
  readonly onRestart?: () => void
  /** Called now and then with the number of runs so far. */
  readonly onProgress?: (executions: number, figures: () => ExplorationFigures) => void
  /** Asked after each run: true ends the exploration, which is then not exhausted. */
  readonly stop?: () => boolean
  readonly checkpoint?: Checkpointing
  /** Goes on from here, with the same program and the same `maxSteps`: counts and findings are as if it had never been left. */
  readonly resume?: ExplorationState
}

export interface Exploration extends Counts {
  /** Executions that were the first of their class. */
  readonly classes: number
  /** True if every equivalence class was covered. */
  readonly exhausted: boolean
  /** Why not, if not. */
  readonly reason: string | null
  readonly findings: readonly FoundFinding[]
  /** What `tally` counted. */
  readonly tally: Tally
  /** The labels of declareSometimes() that no run reached: if all was explored, none can. */
  readonly neverReached: readonly string[]
  /** The counts of references that some get or put can see at zero, by name: their gets and puts are dependent, those of others not. */
  readonly orderedCounts: readonly string[]
}

/** Runs one schedule of each equivalence class of the program. */
export function explore(program: Program, options: ExploreOptions = {}): Exploration {
  const { maxSteps = MOST_STEPS, onSchedule, tally, checkpoint, resume } = options
  const exploring = new Exploring(program, { maxSteps, onSchedule, tally }, resume?.parts, resume?.ordered)
  if (resume !== undefined) exploring.totals.add(resume.totals)
  let reason = budgetEnded(exploring, options)
  while (reason === null) {
    const ending = exploring.next()
    if (ending === null) break
    if (ending === 'restarted') options.onRestart?.()
    reason = ending === 'endless' ? endless(maxSteps) : interrupted(exploring, options)
    if (reason === null && checkpoint?.due() === true) checkpoint.save(exploring.state())
  }
  checkpoint?.save(exploring.state())
  return explorationOf(exploring.totals, reason, exploring.orderedCounts())
}

export function explorationOf(
  totals: Totals,
  reason: string | null,
  orderedCounts: readonly string[],
): Exploration {
  const { counts } = totals
  return {
    ...counts,
    classes: counts.executions - counts.redundant,
    exhausted: reason === null,
    reason,
    findings: totals.findings(),
    tally: totals.tallied(),
    neverReached: totals.neverReached(),
    orderedCounts,
  }
}

export function endless(maxSteps: number): string {
  return `a schedule did not end within ${maxSteps} steps`
}

export function overBudget(maxExecutions: number): string {
  return `the budget of ${maxExecutions} schedules ended`
}

export const STOPPED = 'interrupted'

function interrupted(exploring: Exploring, options: ExploreOptions): string | null {
  const { executions, blocked } = exploring.totals.counts
  if (((executions + blocked) & 255) === 0)
    options.onProgress?.(executions, () => ({
      depth: exploring.depth,
      estimate: exploring.totals.estimate.total(),
    }))
  return budgetEnded(exploring, options) ?? (options.stop?.() === true ? STOPPED : null)
}

function budgetEnded(exploring: Exploring, { maxExecutions }: ExploreOptions): string | null {
  if (maxExecutions === undefined || exploring.totals.counts.executions < maxExecutions) return null
  return exploring.hasMore() ? overBudget(maxExecutions) : null
}
