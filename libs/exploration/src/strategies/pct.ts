/**
 * Probabilistic concurrency testing: "A randomized scheduler with probabilistic guarantees of finding bugs" (Burckhardt, Kothari,
 * Musuvathi, Nagarakatte, ASPLOS'10).
 *
 * Each frame draws a priority when it first can move, the frame with the highest one moves, and at d - 1 random steps the
 * frame that would be next falls below all others. A defect that needs d orderings among k steps of n frames shows with probability
 * at least 1 / (n * k^(d-1)) in each schedule.
 *
 * Departures from the paper: a handler that has not been entered is a frame like any other; which way a step turns out is drawn
 * evenly; priorities are random words, so that two are equal with probability 2^-30; unless told, d is drawn for each
 * schedule from 1 to DEEPEST, and k is the longest schedule so far.
 */
import type { Machine } from '@bottom-half/kernel-model'
import { Chance } from './chance.ts'
import { moveOf, type Strategy } from './strategy.ts'

const DEEPEST = 4
/** Above all that is drawn. */
const UNDRAWN = 2 ** 30

export interface PctOptions {
  /** The depth d of the defects to aim at; drawn for each schedule if absent. */
  readonly depth?: number
  /** The number k of steps among which priorities change; the longest schedule so far if absent. */
  readonly length?: number
}

export function pct(options: PctOptions = {}): Strategy {
  return new Pct(options)
}

class Pct implements Strategy {
  readonly name = 'PCT'
  readonly footprints = false
  private readonly options: PctOptions
  private chance = new Chance(0)
  /** By frame. */
  private readonly priority: number[] = []
  /** The steps at which a frame falls, in no order. */
  private readonly changes: number[] = []
  /** What the next frame that falls gets: below all that fell before. */
  private lowest = -1
  private longest = 1
  private steps = 0

  constructor(options: PctOptions) {
    this.options = options
  }

  begin(_run: number, chance: Chance): boolean {
    this.chance = chance
    this.longest = Math.max(this.longest, this.steps)
    this.steps = 0
    this.lowest = -1
    this.priority.fill(UNDRAWN)
    this.changes.length = 0
    const length = this.options.length ?? this.longest
    for (let depth = this.options.depth ?? 1 + chance.below(DEEPEST); depth > 1; depth--)
      this.changes.push(chance.below(length))
    return true
  }

  choose(_machine: Machine, moves: readonly number[], step: number): number {
    this.steps = step + 1
    let frame = this.first(moves)
    for (let i = 0; i < this.changes.length; i++) {
      if (this.changes[i] !== step) continue
      this.priority[frame] = this.lowest--
      frame = this.first(moves)
    }
    return moveOf(moves, frame, this.chance)
  }

  /** The frame with the highest priority of those that can move. */
  private first(moves: readonly number[]): number {
    const { priority } = this
    let best = -1
    let highest = 0
    for (let i = 0; i < moves.length; i++) {
      const frame = moves[i]! >> 4
      while (frame >= priority.length) priority.push(UNDRAWN)
      if (priority[frame] === UNDRAWN) priority[frame] = this.chance.bits()
      if (best >= 0 && priority[frame]! <= highest) continue
      best = frame
      highest = priority[frame]!
    }
    return best
  }
}
