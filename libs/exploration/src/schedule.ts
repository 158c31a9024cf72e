/** A schedule as what it does differently from the plain one, which never preempts. */
import type { Machine } from '@bottom-half/kernel-model'
import { longestKnown } from './bounds.ts'
import { type Cost, costWith, NOTHING } from './cost.ts'
import { type Deviation, plainChoice } from './deviation.ts'
import type { Program } from './program.ts'
import type { Choice } from './token.ts'

/** What a followed schedule did. */
export interface Followed {
  readonly machine: Machine
  /** Deviations that were possible and made a difference, each with the number of moves that there were. */
  readonly deviations: readonly Choice[]
  readonly cost: Cost
}

/**
 * Runs a schedule to its end, or until `stop` says so.
 * @param options.strict gives null if a deviation is impossible; otherwise such a deviation is skipped
 * @param options.onMove is called before each step, once its move is decided
 * @param options.onStep is called after each step
 */
export function follow(
  program: Program,
  deviations: readonly Deviation[],
  options: {
    tracing?: boolean
    strict?: boolean
    maxSteps?: number
    stop?: (machine: Machine) => boolean
    onMove?: (machine: Machine, move: number) => void
    onStep?: (machine: Machine, move: number) => void
  } = {},
): Followed | null {
  const machine = program.boot({ tracing: options.tracing ?? false })
  const made: Choice[] = []
  let cost: Cost = NOTHING
  let next = 0
  let last = -1
  for (let step = 0; step < (options.maxSteps ?? longestKnown()); step++) {
    const moves = machine.moves()
    if (moves.length === 0 || options.stop?.(machine) === true) break
    let index = plainChoice(moves, last)
    while (next < deviations.length && deviations[next]!.step < step) next++
    const deviation = deviations[next]
    if (deviation?.step === step && deviation.index !== index) {
      if (deviation.index >= moves.length) {
        if (options.strict === true) return null
      } else {
        index = deviation.index
        made.push({ step, index, of: moves.length })
      }
    }
    cost = costWith(cost, machine, moves, last, moves[index]!)
    last = moves[index]! >> 4
    options.onMove?.(machine, moves[index]!)
    machine.perform(moves[index]!)
    options.onStep?.(machine, moves[index]!)
  }
  if (options.strict === true && made.length !== deviations.length) return null
  return { machine, deviations: made, cost }
}

/** The deviations of a schedule that is given as its moves. */
export function deviationsOf(program: Program, schedule: readonly number[]): Deviation[] {
  const machine = program.boot({ tracing: false })
  const out: Deviation[] = []
  let last = -1
  for (const [step, move] of schedule.entries()) {
    const moves = machine.moves()
    const index = moves.indexOf(move)
    if (index !== plainChoice(moves, last)) out.push({ step, index })
    last = move >> 4
    machine.perform(move)
  }
  return out
}

/** How many deviations a schedule has that is given as its moves; more than `most` are not counted to the end. */
export function countDeviations(program: Program, schedule: readonly number[], most: number): number {
  const machine = program.boot({ tracing: false })
  machine.footprint.recording = false
  let count = 0
  let last = -1
  for (const move of schedule) {
    const moves = machine.moves()
    if (moves[plainChoice(moves, last)] !== move && ++count > most) break
    last = move >> 4
    machine.perform(move)
  }
  return count
}
