/** What runs in each thread of `exploreParallel`: some parts of the exploration, for a while. */
import { workerData } from 'node:worker_threads'
import { Exploring } from '../exploring.ts'
import type { Part } from '../frontier.ts'
import type { PlainTotals } from '../totals.ts'
import type { Work } from './explore_parallel.ts'

/** What a thread is started with. */
export interface Setup {
  readonly module: string
  readonly name: string
  readonly argument: unknown
  readonly maxSteps: number
  readonly interrupt: Int32Array
  /** 1 if another thread has nothing to do. */
  readonly wanted: Int32Array
}

export interface Job {
  /** The last one is run first. */
  readonly parts: readonly Part[]
  /** It ends after so many steps. */
  readonly steps: number
  /** And after so many complete runs. */
  readonly executions: number
  /** Counts of references whose gets and puts are dependent. */
  readonly ordered: readonly string[]
}

/** What came of a job. */
export interface Batch {
  readonly totals: PlainTotals
  /** What is left. */
  readonly parts: readonly Part[]
  /** Those of the job, and others if it had to be given up. */
  readonly ordered: readonly string[]
  /** Was there a run that did not end? */
  readonly endless: boolean
  readonly depth: number
}

/** What is done before anything is given back: more than it takes to hand over a part. */
const LEAST_STEPS = 2000

const { module, name, argument, maxSteps, interrupt, wanted } = workerData as Setup
const loaded = (await import(module)) as Record<string, (argument: unknown) => Work | Promise<Work>>
const { program, tally } = await loaded[name]!(argument)

export default function run({ parts, steps, executions, ordered }: Job): Batch {
  const exploring = new Exploring(program, { maxSteps, tally }, parts, ordered)
  const { counts } = exploring.totals
  let endless = false
  while (counts.steps < steps && counts.executions < executions && Atomics.load(interrupt, 0) === 0) {
    const ending = exploring.next()
    if (ending === null || ending === 'restarted') break
    endless = ending === 'endless'
    if (endless || (counts.steps >= LEAST_STEPS && Atomics.compareExchange(wanted, 0, 1, 0) === 1)) break
  }
  const state = exploring.state()
  return { ...state, endless, depth: exploring.depth }
}
