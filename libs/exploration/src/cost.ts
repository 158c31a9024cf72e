/**
 * How hard a schedule is to follow, as an order: fewest preemptions, then fewest handlers entered, then fewest steps, then the
 * simplest outcomes (0 before 1), then the least deviations from the plain schedule, the earliest first.
 *
 * The first four are the *cost*. Each of them only grows along a schedule, so the cost of a beginning is a lower bound for
 * whatever goes on from there; the search for a cheaper schedule (cheaper.ts) rests on that.
 */
import type { Machine } from '@bottom-half/kernel-model'
import type { Deviation } from './deviation.ts'

export interface Cost {
  /**
   * Steps at which another frame goes on although the one that took the step before could have: another CPU goes on, another
   * task of the same CPU, or a handler comes in. What a wait, an end or a self-IPI forces is none.
   */
  readonly preemptions: number
  /** Handlers that were entered, self-IPIs included. */
  readonly frames: number
  readonly steps: number
  /** The sum of the outcomes of all steps: 0 where each turned out in the first way. */
  readonly values: number
}

/** A schedule, as far as the order looks at it. */
export interface Costed {
  readonly cost: Cost
  readonly deviations: readonly Deviation[]
}

/** Negative if the first is cheaper, 0 if both cost the same. */
export function compareCosts(a: Cost, b: Cost): number {
  return a.preemptions - b.preemptions || a.frames - b.frames || a.steps - b.steps || a.values - b.values
}

/** The total order of schedules of one program: negative if the first comes first, 0 only for one and the same schedule. */
export function compareSchedules(a: Costed, b: Costed): number {
  const cost = compareCosts(a.cost, b.cost) || a.deviations.length - b.deviations.length
  if (cost !== 0) return cost
  for (const [i, { step, index }] of a.deviations.entries()) {
    const other = b.deviations[i]!
    if (step !== other.step || index !== other.index) return step - other.step || index - other.index
  }
  return 0
}

/** Could the frame that took the last step take the next one too, and does it not? */
export function preempts(moves: readonly number[], lastFrame: number, move: number): boolean {
  return move >> 4 !== lastFrame && moves.some((each) => each >> 4 === lastFrame)
}

/** What a beginning that costs `cost` costs with one more move. To be asked before the machine performs it. */
export function costWith(
  cost: Cost,
  machine: Machine,
  moves: readonly number[],
  last: number,
  move: number,
): Cost {
  return {
    preemptions: cost.preemptions + (preempts(moves, last, move) ? 1 : 0),
    frames: cost.frames + (machine.frames[move >> 4]!.state === 'pending' ? 1 : 0),
    steps: cost.steps + 1,
    values: cost.values + (move & 15),
  }
}

/** Of the schedule without a step. */
export const NOTHING: Cost = { preemptions: 0, frames: 0, steps: 0, values: 0 }
