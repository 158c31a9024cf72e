/** One worker of the large soundness run: compares a batch of programs, and shrinks what fails. */
import { parentPort } from 'node:worker_threads'
import { programOf, type Sketch } from '../test/random_program.ts'
import { compare, type Violation } from '../test/soundness/compare.ts'
import { type Batch, runFamily, runTiny, type TinyBatch, type Totals } from '../test/soundness/run_family.ts'
import { shrink } from '../test/soundness/shrink.ts'

/** What a worker says: the program it begins with, or the end of its batch. */
export type Report =
  | { readonly begins: Sketch }
  | {
      readonly totals: Omit<Totals, 'failures' | 'add'>
      readonly failed: number
      readonly shrunk: readonly Shrunk[]
    }

/** A failure, as small as it could be made. */
export interface Shrunk {
  readonly wrong: Violation
  readonly schedules: number
  readonly classes: number
  readonly executions: number
  readonly detail: string
  readonly sketch: Sketch
}

/** A program that gets smaller may have more schedules: not more than this. */
const MOST_SCHEDULES = 3000
/** Failures of one batch that are shrunk, for each kind of violation. */
const MOST_SHRUNK = 2

function shrunk(sketch: Sketch, wrong: Violation): Shrunk {
  const outcome = (candidate: Sketch) => compare(programOf(candidate), MOST_SCHEDULES)
  const fails = (candidate: Sketch): boolean => outcome(candidate)?.violations.includes(wrong) === true
  // What is too large for the limit stays as it is.
  const smallest = fails(sketch) ? shrink(sketch, fails) : sketch
  const { schedules = -1, classes = -1, executions = -1, detail = '' } = outcome(smallest) ?? {}
  return { wrong, schedules, classes, executions, detail, sketch: smallest }
}

parentPort!.on('message', (batch: Batch | TinyBatch) => {
  const say = (report: Report): void => parentPort!.postMessage(report, [])
  const before = (sketch: Sketch): void => say({ begins: sketch })
  const { failures, ...totals } = batch.family === 'tiny' ? runTiny(batch, before) : runFamily(batch, before)
  const byViolation = new Map<Violation, number>()
  const out: Shrunk[] = []
  for (const { sketch, comparison } of failures) {
    const wrong = comparison.violations[0]!
    const same = byViolation.get(wrong) ?? 0
    byViolation.set(wrong, same + 1)
    if (same >= MOST_SHRUNK) continue
    say({ begins: sketch })
    out.push(shrunk(sketch, wrong))
  }
  say({ totals, failed: failures.length, shrunk: out })
})
