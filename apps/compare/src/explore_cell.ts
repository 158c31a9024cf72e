/** One cell: every schedule that matters, and what was wrong in them. */
import {
  type Exploration,
  type ExplorationState,
  explore,
  type ExploreOptions,
  type FoundFinding,
  modelsUpTo,
  pct,
  type Sample,
  sample,
  weakestNeeds,
} from '@bottom-half/exploration'
import type { Machine, MemoryModel } from '@bottom-half/kernel-model'
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
  /** The weakest memory model to explore under. */
  readonly memory: MemoryModel
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

/** Where to go on, and how to keep that: the states by memory model, as far as they came. */
export interface Keeping {
  readonly resume?: readonly ExplorationState[]
  readonly due?: () => boolean
  readonly save?: (states: readonly ExplorationState[]) => void
}

/** A cell under one memory model. */
interface Run {
  readonly memory: MemoryModel
  readonly scenario: Scenario
  readonly exhausted: boolean
  readonly findings: readonly FoundFinding[]
  readonly exhaustive: Exploration
  readonly random: typeof NO_SAMPLE
  readonly endings: EndingCount
}

/**
 * The same cell and bounds give the same result: that under the memory model of the bounds. Those that allow less are explored too,
 * to tell which finding needs it. `onProgress` gets the number of schedules so far.
 */
export function exploreCell(
  cell: Cell,
  bounds: Bounds,
  onProgress: NonNullable<ExploreOptions['onProgress']>,
  { resume = [], due = () => false, save }: Keeping = {},
): Explored {
  const models = modelsUpTo(bounds.memory)
  const states = [...resume]
  const runs = models.map((memory, at) => {
    const before = states[at]
    const keep = (state: ExplorationState): void => {
      states[at] = state
      save?.(states)
    }
    return runUnder(memory, cell, bounds, {
      onProgress,
      checkpoint: { due, save: keep },
      ...(before === undefined ? {} : { resume: before }),
    })
  })
  const { exhaustive, random, endings } = runs.at(-1)!
  const short = runs.find(({ exhausted }) => !exhausted)
  return {
    result: {
      design: cell.design,
      revision: cell.revision,
      workload: cell.workload,
      map: cell.map,
      target: cell.target,
      applicable: true,
      executions: exhaustive.executions + random.executions,
      schedules: exhaustive.executions - exhaustive.redundant,
      blocked: exhaustive.blocked,
      steps: exhaustive.steps + random.steps,
      longest: Math.max(exhaustive.longest, random.longest),
      exhausted: short === undefined,
      stopped: exhaustive.stopped + random.stopped,
      endings: endings.counts(),
    },
    findings: witnesses(runs, cell),
    reason: short === undefined ? null : reasonOf(short.exhaustive, short.random.executions),
  }
}

function runUnder(
  memory: MemoryModel,
  cell: Cell,
  bounds: Bounds,
  options: Pick<ExploreOptions, 'onProgress' | 'checkpoint' | 'resume'>,
): Run {
  const scenario = scenarioOf(cell, memory)
  const endings = new EndingCount()
  const onSchedule = (machine: Machine): void => endings.add(scenario.endingsOf(machine))
  const exhaustive = explore(scenario.program, {
    maxExecutions: bounds.budget,
    tally: (machine, count) => {
      for (const { ending } of scenario.endingsOf(machine)) count(ending)
    },
    ...options,
  })
  endings.addCounts(exhaustive.tally)
  const { exhausted } = exhaustive
  const random = exhausted ? NO_SAMPLE : sampled(scenario, bounds.seed, onSchedule)
  const findings = merged(exhaustive.findings, random.findings)
  return { memory, scenario, exhausted, findings, exhaustive, random, endings }
}

const NO_SAMPLE: Pick<Sample, 'executions' | 'steps' | 'longest' | 'stopped' | 'findings'> = {
  executions: 0,
  steps: 0,
  longest: 0,
  stopped: 0,
  findings: [],
}

function sampled({ program }: Scenario, seed: number, onSchedule: (machine: Machine) => void): Sample {
  return sample(program, pct(), { seed, schedules: RANDOM_SCHEDULES, onSchedule })
}

function reasonOf({ reason, executions, redundant }: Exploration, random: number): string {
  return `${reason}: ${executions - redundant} classes of schedules were covered, and ${random} random schedules were tried`
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

/** Each finding under the strongest memory model that shows it; counted in the schedules of the weakest, if it shows there. */
function witnesses(runs: readonly Run[], cell: Cell): FindingResult[] {
  const counts = new Map<string, number>()
  const last = runs.at(-1)!
  return weakestNeeds(runs).map((found) => {
    const { kind, title } = found.finding
    const nth = (counts.get(kind) ?? 0) + 1
    counts.set(kind, nth)
    const { scenario } = runs.find((run) => run.memory === found.memory)!
    const there = last.findings.find(({ finding }) => finding.kind === kind && finding.title === title)
    const counted = { ...found, schedules: there?.schedules ?? 0 }
    return witnessOf(scenario, cell, counted, idOf(cell, kind, nth))
  })
}

/** Names the page of a finding. */
function idOf({ design, revision, workload, map, target }: Cell, kind: string, nth: number): string {
  const words = [design, revision, workload, map, target, kind, ...(nth === 1 ? [] : [nth])]
  return words.join('-').replaceAll('_', '-')
}
