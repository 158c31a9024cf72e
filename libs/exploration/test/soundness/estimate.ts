/** A guess at how many schedules a program has, so that brute force does not begin where it cannot end. */
import type { Program } from '../../src/index.ts'

/**
 * The mean, over some random schedules, of the product of their choices (Knuth, "Estimating the Efficiency of Backtrack Programs",
 * 1975): its expectation is the number of schedules.
 * @param pick gives a number below its argument
 */
export function estimateSchedules(program: Program, pick: (n: number) => number, probes: number): number {
  let sum = 0
  for (let probe = 0; probe < probes; probe++) {
    const machine = program.boot({ tracing: false })
    machine.footprint.recording = false
    let product = 1
    for (let moves = machine.moves(); moves.length > 0; moves = machine.moves()) {
      product *= moves.length
      machine.perform(moves[pick(moves.length)]!)
    }
    sum += product
  }
  return sum / probes
}
