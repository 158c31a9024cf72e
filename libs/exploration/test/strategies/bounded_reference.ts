/** What the preemption-bounded search is checked against: every schedule, without reduction, and what it costs. */
import { LogFollower } from '../../src/log_follower.ts'
import type { Program } from '../../src/program.ts'
import { Preemptions } from '../../src/strategies/preemption.ts'
import type { PreemptionBounded } from '../../src/strategies/preemption_bounded.ts'
import { sample } from '../../src/strategies/sample.ts'

/** By class: the fewest preemptions of all its schedules. Null if there are more than `most` schedules. */
export function fewestPreemptions(program: Program, most: number): Map<number, number> | null {
  const fewest = new Map<number, number>()
  const choices: { readonly moves: readonly number[]; at: number }[] = []
  for (let count = 0; count < most; count++) {
    const machine = program.boot({ tracing: false })
    const preemptions = new Preemptions()
    const follower = new LogFollower()
    let cost = 0
    for (let depth = 0; ; depth++) {
      const moves = machine.moves()
      if (moves.length === 0) break
      const choice = (choices[depth] ??= { moves, at: 0 })
      const move = choice.moves[choice.at]!
      if (preemptions.is(machine, moves, move)) cost++
      follower.before(machine, move)
      machine.perform(move)
      preemptions.performed(machine)
      follower.after(machine, move)
    }
    const fingerprint = follower.log.classHash()
    fewest.set(fingerprint, Math.min(fewest.get(fingerprint) ?? Infinity, cost))
    while (choices.length > 0 && choices.at(-1)!.at + 1 === choices.at(-1)!.moves.length) choices.pop()
    if (choices.length === 0) return fewest
    choices.at(-1)!.at++
  }
  return null
}

/** By class that the search reaches: at which bound it does first. */
export function boundsReached(program: Program, strategy: PreemptionBounded): Map<number, number> {
  const reached = new Map<number, number>()
  const onSchedule = (_machine: unknown, fingerprint: number | null): void => {
    if (!reached.has(fingerprint!)) reached.set(fingerprint!, strategy.bound)
  }
  sample(program, strategy, { seed: 0, schedules: Infinity, classes: true, onSchedule })
  return reached
}

/** The classes within the bound that the search does not reach at the cost of the cheapest schedule. */
export function lostClasses(
  program: Program,
  strategy: PreemptionBounded,
  fewest: Map<number, number>,
  most: number,
): number[] {
  const reached = boundsReached(program, strategy)
  return [...fewest].filter(([fp, cost]) => cost <= most && reached.get(fp) !== cost).map(([fp]) => fp)
}
