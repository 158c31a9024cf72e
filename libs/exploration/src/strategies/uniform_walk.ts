/**
 * Random walk: at each step, each frame that can move is as likely as any other, and so is each outcome of its step.
 *
 * The baseline of "Concurrency testing using controlled schedulers: an empirical study" (Thomson, Donaldson, Betts, ACM
 * Transactions on Parallel Computing 2016), where it finds about as many bugs as bounded search. Not uniform over schedules:
 * one that lets a long thread run ahead of a short one is rare, since the short one has its chance at each step.
 */
import type { Machine } from '@bottom-half/kernel-model'
import { Chance } from './chance.ts'
import { frameAt, framesOf, moveOf, type Strategy } from './strategy.ts'

export function uniformWalk(): Strategy {
  return new UniformWalk()
}

class UniformWalk implements Strategy {
  readonly name = 'random walk'
  readonly footprints = false
  private chance = new Chance(0)

  begin(_run: number, chance: Chance): boolean {
    this.chance = chance
    return true
  }

  choose(_machine: Machine, moves: readonly number[]): number {
    if (moves.length === 1) return moves[0]!
    const frames = framesOf(moves)
    // The common case: each frame has one outcome.
    if (frames === moves.length) return moves[this.chance.below(frames)]!
    return moveOf(moves, frameAt(moves, this.chance.below(frames)), this.chance)
  }
}
