/** One schedule of each class, by brute force that goes on from each beginning of a class once: for programs with too many schedules. */
import { type Machine, OrderedCounts } from '@bottom-half/kernel-model'
import { LogFollower } from '../../src/log_follower.ts'
import type { Program } from '../../src/program.ts'

/**
 * What can follow depends on the class of what was run so far, not on its order. Meant for programs without stages after quiescence.
 * @param ordered the counts of references whose gets and puts are dependent; absent: all are
 * @returns how many runs it took; -1 if there would be more than `most`
 */
export function enumerateClasses(
  program: Program,
  most: number,
  onSchedule: (machine: Machine, moves: readonly number[], fingerprint: number) => void,
  ordered?: readonly string[],
): number {
  const choices: { moves: readonly number[]; at: number }[] = []
  const known = new Set<number>()
  for (let count = 1; count <= most; count++) {
    const machine = program.boot({ tracing: false })
    if (ordered !== undefined) machine.orderedCounts = new OrderedCounts(ordered)
    const follower = new LogFollower()
    const { log } = follower
    const taken: number[] = []
    const fresh = choices.length - 1
    let isKnown = false
    for (let depth = 0; !isKnown; depth++) {
      const moves = machine.moves()
      if (moves.length === 0) break
      const choice = (choices[depth] ??= { moves, at: 0 })
      const move = choice.moves[choice.at]!
      follower.before(machine, move)
      machine.perform(move)
      follower.after(machine, move)
      taken.push(move)
      if (depth < fresh) continue
      const prefix = log.classHash()
      isKnown = known.has(prefix)
      known.add(prefix)
    }
    if (!isKnown) onSchedule(machine, taken, log.classHash())
    while (choices.length > 0 && choices.at(-1)!.at + 1 === choices.at(-1)!.moves.length) choices.pop()
    if (choices.length === 0) return count
    choices.at(-1)!.at++
  }
  return -1
}
