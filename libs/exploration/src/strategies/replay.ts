/** Replay: one schedule, given as its deviations from the plain one (schedule.ts). */
import type { Machine } from '@bottom-half/kernel-model'
import { type Deviation, plainChoice } from '../deviation.ts'
import type { Strategy } from './strategy.ts'

export function replay(deviations: readonly Deviation[]): Replay {
  return new Replay(deviations)
}

export class Replay implements Strategy {
  readonly name = 'replay'
  readonly footprints = false
  /** Deviations that were not possible in the run, and that it did without; empty if the schedule was followed to the letter. */
  readonly impossible: Deviation[] = []
  private readonly deviations: readonly Deviation[]
  private next = 0

  constructor(deviations: readonly Deviation[]) {
    this.deviations = deviations
  }

  begin(run: number): boolean {
    return run === 0
  }

  choose(machine: Machine, moves: readonly number[], step: number): number {
    const deviation = this.deviations[this.next]
    if (deviation?.step === step) {
      this.next++
      if (deviation.index < moves.length) return moves[deviation.index]!
      this.impossible.push(deviation)
    }
    return moves[plainChoice(moves, machine.event?.frame.index ?? -1)]!
  }

  end(): void {
    this.impossible.push(...this.deviations.slice(this.next))
  }
}
