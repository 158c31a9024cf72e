/**
 * Random schedules, for what an exhaustive exploration had no budget for.
 *
 * Follows "A randomized scheduler with probabilistic guarantees of finding bugs" (Burckhardt, Kothari, Musuvathi, Nagarakatte,
 * ASPLOS'10): each frame draws a priority when it first can move, the frame with the highest one moves, and at d-1 random
 * steps the frame that would be next falls below all others. A defect that needs d orderings among k steps of n frames
 * shows with probability at least 1 / (n * k^(d-1)) in each schedule.
 *
 * Departures from the paper: d is drawn for each schedule, from 1 to DEEPEST; k is the longest schedule so far; a handler that has
 * not been entered is a frame like any other; which way a step turns out is drawn evenly.
 */
import type { Finding, Machine } from '@bottom-half/kernel-model'
// cspell:ignore xoroshiro
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'
import type { FoundFinding } from './explore.ts'
import { hashName } from './fingerprint.ts'
import type { Program } from './program.ts'

const DEEPEST = 4
const HIGHEST = 0x7fffffff

export interface WalkOptions {
  /** With the program's name it determines all schedules. */
  readonly seed: number
  /** How many to run. */
  readonly schedules: number
  /** A schedule is cut after so many steps. */
  readonly maxSteps?: number
  /** Called with each schedule; the machine is at its end. */
  readonly onSchedule?: (machine: Machine) => void
}

/** What the random schedules came to. */
export interface Walk {
  readonly executions: number
  /** Steps performed. */
  readonly steps: number
  /** The most steps of one schedule. */
  readonly longest: number
  /** Schedules that a fatal finding ended. */
  readonly stopped: number
  readonly findings: readonly FoundFinding[]
}

/** Runs random schedules of the program: the same ones for the same seed. */
export function randomWalk(program: Program, options: WalkOptions): Walk {
  const chance = xoroshiro128plus((options.seed ^ hashName(program.name)) | 0)
  const found = new Map<string, FoundFinding>()
  let steps = 0
  let longest = 1
  let stopped = 0
  for (let n = 0; n < options.schedules; n++) {
    const { machine, moves } = runOnce(program, new Priorities(chance, longest), options.maxSteps ?? 5000)
    steps += moves.length
    longest = Math.max(longest, moves.length)
    if (machine.halted) stopped++
    for (const finding of machine.findings) record(found, finding, moves)
    options.onSchedule?.(machine)
  }
  return { executions: options.schedules, steps, longest, stopped, findings: [...found.values()] }
}

function runOnce(
  program: Program,
  priorities: Priorities,
  maxSteps: number,
): { machine: Machine; moves: number[] } {
  const machine = program.boot({ tracing: false })
  const taken: number[] = []
  for (let moves = machine.moves(); moves.length > 0 && taken.length < maxSteps; moves = machine.moves()) {
    const move = priorities.choose(moves, taken.length)
    taken.push(move)
    machine.perform(move)
  }
  return { machine, moves: taken }
}

function record(found: Map<string, FoundFinding>, finding: Finding, moves: readonly number[]): void {
  const key = `${finding.kind}\n${finding.title}`
  const known = found.get(key)
  if (known === undefined) found.set(key, { finding, moves, schedules: 1 })
  else known.schedules++
}

/** Of one schedule: who goes before whom, and where that changes. */
class Priorities {
  private readonly chance: RandomGenerator
  /** By frame; drawn when the frame first can move. */
  private readonly priority: number[] = []
  private readonly changes = new Set<number>()
  /** What the next frame that falls gets: below all that fell before. */
  private lowest = -1

  constructor(chance: RandomGenerator, length: number) {
    this.chance = chance
    for (let depth = uniformInt(chance, 1, DEEPEST); depth > 1; depth--)
      this.changes.add(uniformInt(chance, 0, length - 1))
  }

  choose(moves: readonly number[], step: number): number {
    if (this.changes.has(step)) this.priority[this.first(moves)] = this.lowest--
    const frame = this.first(moves)
    const outcomes = moves.filter((move) => move >> 4 === frame)
    return outcomes.length === 1 ? outcomes[0]! : outcomes[uniformInt(this.chance, 0, outcomes.length - 1)]!
  }

  /** The frame with the highest priority of those that can move. */
  private first(moves: readonly number[]): number {
    let best = -1
    for (const move of moves) {
      const frame = move >> 4
      this.priority[frame] ??= uniformInt(this.chance, 0, HIGHEST)
      if (best < 0 || this.priority[frame] > this.priority[best]!) best = frame
    }
    return best
  }
}
