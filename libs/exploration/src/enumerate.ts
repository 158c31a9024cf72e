/** Every schedule, without any reduction: what the reduced exploration is checked against. */
import type { Machine } from '@bottom-half/kernel-model'
import { EventLog } from './event_log.ts'
import type { Program } from './program.ts'

/**
 * Runs all schedules of the program, depth first. Meant for programs without stages after quiescence.
 * @returns how many there are; -1 if there are more than `most`
 */
export function enumerateSchedules(
  program: Program,
  most: number,
  onSchedule: (machine: Machine, moves: readonly number[], fingerprint: string) => void,
): number {
  const choices: { moves: readonly number[]; at: number }[] = []
  for (let count = 1; count <= most; count++) {
    const machine = program.boot({ tracing: false })
    const log = new EventLog()
    log.register(machine, -1)
    const taken: number[] = []
    for (let depth = 0; ; depth++) {
      const moves = machine.moves()
      if (moves.length === 0) break
      log.register(machine, depth - 1)
      const choice = (choices[depth] ??= { moves, at: 0 })
      const move = choice.moves[choice.at]!
      machine.perform(move)
      log.push(machine, move)
      taken.push(move)
    }
    onSchedule(machine, taken, log.classHash())
    while (choices.length > 0 && choices.at(-1)!.at + 1 === choices.at(-1)!.moves.length) choices.pop()
    if (choices.length === 0) return count
    choices.at(-1)!.at++
  }
  return -1
}
