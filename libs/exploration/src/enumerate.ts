/** Every schedule, without any reduction: what the reduced exploration is checked against. */
import { type Machine, OrderedCounts } from '@bottom-half/kernel-model'
import { ARRIVAL, CHOICE } from './event.ts'
import { EventLog } from './event_log.ts'
import type { Program } from './program.ts'
import { arriving, timesOut, waysOf } from './waits.ts'

/**
 * Runs all schedules of the program, depth first. Meant for programs without stages after quiescence.
 * @param ordered the counts of references whose gets and puts are dependent; absent: all are
 * @returns how many there are; -1 if there are more than `most`
 */
export function enumerateSchedules(
  program: Program,
  most: number,
  onSchedule: (machine: Machine, moves: readonly number[], fingerprint: number) => void,
  ordered?: readonly string[],
): number {
  const choices: { moves: readonly number[]; at: number }[] = []
  for (let count = 1; count <= most; count++) {
    const machine = program.boot({ tracing: false })
    if (ordered !== undefined) machine.orderedCounts = new OrderedCounts(ordered)
    const log = new EventLog()
    log.register(machine, -1)
    const taken: number[] = []
    for (let depth = 0; ; depth++) {
      const moves = machine.moves()
      if (moves.length === 0) break
      const choice = (choices[depth] ??= { moves, at: 0 })
      const move = choice.moves[choice.at]!
      const frame = machine.frames[move >> 4]!
      const timeout = timesOut(machine, move)
      if (waysOf(log, frame) > 0) log.pushSilent(move >> 4, CHOICE + (move & 15))
      machine.perform(move)
      log.push(machine, move & 15, { timeout })
      for (let h = arriving(log, machine); h >= 0; h = arriving(log, machine)) log.pushSilent(h, ARRIVAL)
      taken.push(move)
    }
    onSchedule(machine, taken, log.classHash())
    while (choices.length > 0 && choices.at(-1)!.at + 1 === choices.at(-1)!.moves.length) choices.pop()
    if (choices.length === 0) return count
    choices.at(-1)!.at++
  }
  return -1
}
