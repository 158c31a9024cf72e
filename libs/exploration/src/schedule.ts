/** A schedule as what it does differently from the plain one, which never preempts. */
import type { Machine } from '@bottom-half/kernel-model'
import type { Program } from './program.ts'

/** At step `step`, take `moves()[index]` instead of the plain choice. */
export interface Deviation {
  readonly step: number
  readonly index: number
}

/** What a followed schedule did. */
export interface Followed {
  readonly machine: Machine
  /** Deviations that were possible and made a difference. */
  readonly deviations: readonly Deviation[]
  /** For each step before the end: how many moves there were. */
  readonly width: readonly number[]
}

/** The plain choice: the frame of the last step goes on if it can, else the first move. */
export function plainChoice(moves: readonly number[], lastFrame: number): number {
  const same = moves.findIndex((move) => move >> 4 === lastFrame)
  return same < 0 ? 0 : same
}

/**
 * Runs a schedule to its end, or until `stop` says so.
 * @param strict gives null if a deviation is impossible; otherwise such a deviation is skipped
 */
export function follow(
  program: Program,
  deviations: readonly Deviation[],
  options: {
    tracing?: boolean
    strict?: boolean
    maxSteps?: number
    stop?: (machine: Machine) => boolean
  } = {},
): Followed | null {
  const machine = program.boot({ tracing: options.tracing ?? false })
  const made: Deviation[] = []
  const width: number[] = []
  let next = 0
  let last = -1
  for (let step = 0; step < (options.maxSteps ?? 5000); step++) {
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
        made.push(deviation)
      }
    }
    width.push(moves.length)
    last = moves[index]! >> 4
    machine.perform(moves[index]!)
  }
  if (options.strict === true && made.length !== deviations.length) return null
  return { machine, deviations: made, width }
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
