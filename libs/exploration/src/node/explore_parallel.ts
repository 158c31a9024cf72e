/**
 * Explores with several threads. What is left of the exploration is a stack of parts, of which a depth-first search would run the top
 * next. A thread takes parts, runs them for a while, and gives back what is left of them, to go on with it: so the stack stays as
 * small as such a search. A thread that has nothing to do is given the bottom of another's, where the largest parts are (work
 * stealing: Blumofe and Leiserson, JACM 46, 1999).
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { Piscina } from 'piscina'
import { MOST_STEPS } from '../bounds.ts'
import {
  endless,
  type Exploration,
  explorationOf,
  type ExploreOptions,
  overBudget,
  STOPPED,
} from '../explore.ts'
import { WHOLE } from '../exploring.ts'
import type { Part } from '../frontier.ts'
import type { Program } from '../program.ts'
import { type PlainTotals, type Teller, Totals } from '../totals.ts'
import type { Batch, Job, Setup } from './explore_worker.ts'

/** What a module makes in each thread. */
export interface Work {
  readonly program: Program
  /** Called with each complete run: what it counts is summed up over all threads. */
  readonly tally?: Teller
}

export interface ParallelOptions extends Pick<
  ExploreOptions,
  'maxExecutions' | 'maxSteps' | 'onProgress' | 'checkpoint' | 'resume'
> {
  readonly workers: number
  /** URL of the module that makes the program. */
  readonly module: string
  /** Its export that does: a function from the argument to `Work`. */
  readonly name?: string
  /** Anything that can be cloned. */
  readonly argument: unknown
  /** One word: not 0 if the exploration is to end. */
  readonly interrupt?: SharedArrayBuffer
  /** About how many steps a thread makes before it tells what it found. */
  readonly stepsPerBatch?: number
}

/** Large against what it takes to hand over a part, small against what anyone would wait for. */
const STEPS_PER_BATCH = 400_000

/** In MB. Runs make much garbage that dies at once: half of what V8 would give it is enough. */
const YOUNG_GENERATION = 24

/**
 * Runs one schedule of each equivalence class: the same counts and findings as `explore`, for any number of workers. Only if it ends
 * early, for the budget or an interrupt, is it by chance which classes were run; with one worker not even then.
 * Throws what a worker threw.
 */
export async function exploreParallel(options: ParallelOptions): Promise<Exploration> {
  return new Coordinator(options).run()
}

class Coordinator {
  private readonly options: ParallelOptions
  private readonly maxSteps: number
  private readonly interrupt: Int32Array
  /** 1 if a thread has nothing to do: whoever sees it first makes it 0, and gives back what is left of its job. */
  private readonly wanted = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  private pending: Part[]
  /** How many complete runs jobs to come may make. */
  private budget: number
  private readonly running = new Map<number, { readonly job: Job; readonly batch: Promise<Finished> }>()
  private totals: Totals
  private ordered: readonly string[]
  /** Is one thread to find out alone which other gets and puts are dependent, as a search without threads does? */
  private alone = false
  private jobs = 0
  /** What jobs with lower numbers find does not count. */
  private firstJob = 0
  private reason: string | null = null
  private depth = 0

  constructor(options: ParallelOptions) {
    this.options = options
    this.maxSteps = options.maxSteps ?? MOST_STEPS
    this.interrupt = new Int32Array(options.interrupt ?? new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
    this.pending = [...(options.resume?.parts ?? WHOLE)]
    this.totals = new Totals(null)
    this.ordered = options.resume?.ordered ?? []
    if (options.resume !== undefined) this.totals.add(options.resume.totals)
    this.budget = this.wholeBudget() - this.totals.counts.executions
  }

  async run(): Promise<Exploration> {
    const pool = this.openPool()
    // A thread that fails while it has no job: nothing else would tell.
    const failed = new Promise<never>((_, reject) => void pool.on('error', reject))
    failed.catch(() => undefined)
    try {
      for (let found: PlainTotals | null = null; ;) {
        this.handOut(pool)
        // The threads go on while it is added.
        if (found !== null) this.count(found)
        if (this.running.size === 0) break
        const batches = [...this.running.values()].map(async ({ batch }) => batch)
        found = this.take(await Promise.race([...batches, failed]))
      }
    } finally {
      await pool.destroy()
    }
    if (this.reason === null && this.pending.length > 0) this.reason = overBudget(this.options.maxExecutions!)
    this.save()
    return explorationOf(this.totals, this.reason, this.ordered)
  }

  private openPool(): Piscina<Job, Batch> {
    // Each core has a thread that explores: helpers of the garbage collector would only take turns with these.
    setFlagsFromString('--no-parallel-scavenge')
    const { workers, module, name = 'default', argument } = this.options
    const { maxSteps, interrupt, wanted } = this
    const setup: Setup = { module, name, argument, maxSteps, interrupt, wanted }
    return new Piscina<Job, Batch>({
      filename: new URL('explore_worker.ts', import.meta.url).href,
      minThreads: workers,
      maxThreads: workers,
      workerData: setup,
      // Else each thread strips the types of all modules again.
      env: { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'), ...process.env },
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION },
    })
  }

  private handOut(pool: Piscina<Job, Batch>): void {
    const { workers, stepsPerBatch = STEPS_PER_BATCH } = this.options
    const { ordered } = this
    const most = this.alone ? 1 : workers
    while (this.reason === null && this.running.size < most && this.pending.length > 0) {
      if (this.budget <= 0) return
      const idle = most - this.running.size
      const executions = Math.ceil(this.budget / idle)
      const job: Job = { parts: this.partsForOne(idle), steps: stepsPerBatch, executions, ordered }
      this.budget -= executions
      const id = this.jobs++
      this.running.set(id, { job, batch: this.finish(id, pool.run(job)) })
    }
    const isIdle = this.reason === null && this.running.size > 0 && this.running.size < most
    Atomics.store(this.wanted, 0, isIdle ? 1 : 0)
  }

  /** Takes what one of so many idle threads is to run: from the bottom, until that is its part of the estimated rest. */
  private partsForOne(idle: number): Part[] {
    if (idle === 1) return this.pending.splice(0)
    let rest = 0
    for (const { share } of this.pending) rest += share / idle
    let count = 0
    while (count < this.pending.length && rest > 0) rest -= this.pending[count++]!.share
    return this.pending.splice(0, Math.max(1, count))
  }

  private async finish(id: number, running: Promise<Batch>): Promise<Finished> {
    return { id, batch: await running }
  }

  /** Takes back what a job left; gives what is to be counted. */
  private take({ id, batch }: Finished): PlainTotals | null {
    const { job } = this.running.get(id)!
    this.running.delete(id)
    if (id < this.firstJob) return null
    if (batch.ordered.length > this.ordered.length) {
      this.restart(job, batch)
      return null
    }
    const { totals, parts, endless: isEndless, depth } = batch
    this.budget += job.executions - totals.counts.executions
    this.pending.push(...parts)
    this.depth = depth
    if (isEndless) this.end(endless(this.maxSteps))
    else if (Atomics.load(this.interrupt, 0) !== 0 && this.pending.length + this.running.size > 0)
      this.end(STOPPED)
    return totals
  }

  private count(found: PlainTotals): void {
    this.totals.add(found)
    const { onProgress, checkpoint } = this.options
    onProgress?.(this.totals.counts.executions, () => ({
      depth: this.depth,
      estimate: this.totals.estimate.total(),
    }))
    if (checkpoint?.due() === true) this.save()
  }

  /**
   * Begins again, since a job found other counts whose gets and puts are dependent. Which one finds them first is by chance, and
   * there may be others: so that the classes are not, one thread looks for them alone, unless it did, or this job has begun with
   * all of the program.
   */
  private restart({ parts }: Job, { ordered }: Batch): void {
    const decides = this.alone || parts[0]!.item === null
    if (decides) this.ordered = ordered
    this.alone = !decides
    this.firstJob = this.jobs
    this.pending = [...WHOLE]
    this.totals = new Totals(null)
    this.budget = this.wholeBudget()
  }

  private wholeBudget(): number {
    return this.options.maxExecutions ?? Number.MAX_SAFE_INTEGER
  }

  /** What runs is brought to an end. */
  private end(reason: string): void {
    this.reason ??= reason
    Atomics.store(this.interrupt, 0, 1)
  }

  /** What is being run has not been counted: it is still to be run. */
  private save(): void {
    const { checkpoint } = this.options
    if (checkpoint === undefined) return
    const running = [...this.running].flatMap(([id, { job }]) => (id < this.firstJob ? [] : job.parts))
    const { ordered } = this
    checkpoint.save({ parts: [...this.pending, ...running], totals: this.totals.plain(), ordered })
  }
}

interface Finished {
  readonly id: number
  readonly batch: Batch
}
