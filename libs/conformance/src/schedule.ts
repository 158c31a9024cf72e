/** Runs single schedules. */
import type { Machine } from '@bottom-half/kernel-model'
import { Unmet } from './claim.ts'

/** The most steps that one small scenario may take. */
const MOST_STEPS = 5000

/**
 * Takes the moves that `choose` names until none is left; gives them. `choose` gets the number of moves, and
 * gives an index.
 */
export function runSchedule(machine: Machine, choose: (count: number) => number): number[] {
  const taken: number[] = []
  for (let moves = machine.moves(); moves.length > 0; moves = machine.moves()) {
    if (taken.length >= MOST_STEPS) throw new Unmet(`the schedule did not end within ${MOST_STEPS} steps`)
    const move = moves[choose(moves.length) % moves.length]!
    taken.push(move)
    machine.perform(move)
  }
  return taken
}

/** The schedule without contention: always the first move. */
export function runFirst(machine: Machine): number[] {
  return runSchedule(machine, () => 0)
}
