/**
 * Explores with several threads. What is left of the exploration is a stack of parts: a thread takes some from its top, runs them for
 * a while, and gives back what is left of them. The top is what a depth-first search would run next, so that the stack stays
 * as small as such a search; what lies deep is large, and is split when its turn comes.
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { Piscina } from 'piscina'
import {
  endless,
  type Exploration,
  explorationOf,
  type ExploreOptions,
  MOST_STEPS,
  overBudget,
  STOPPED,
} from '../explore.ts'
import { WHOLE } from '../exploring.ts'
import type { Part } from '../frontier.ts'
import type { Program } from '../program.ts'
import { type Teller, Totals } from '../totals.ts'
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

/** In MB. Runs make much garbage that dies at once; more room for it only leaves the caches of the CPU. */
const YOUNG_GENERATION = 12

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
  }

  async run(): Promise<Exploration> {
    const pool = this.openPool()
    // A thread that fails while it has no job: nothing else would tell.
    const failed = new Promise<never>((_, reject) => void pool.on('error', reject))
    failed.catch(() => undefined)
    try {
      for (;;) {
        this.handOut(pool)
        if (this.running.size === 0) break
        const batches = [...this.running.values()].map(async ({ batch }) => batch)
        this.take(await Promise.race([...batches, failed]))
      }
    } finally {
      await pool.destroy()
    }
    if (this.reason === null && this.pending.length > 0) this.reason = overBudget(this.options.maxExecutions!)
    if (this.reason !== null) this.save()
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
      const executions = this.allowance()
      if (executions === 0) return
      const count = Math.ceil(this.pending.length / (2 * workers))
      const job: Job = { parts: this.pending.splice(-count), steps: stepsPerBatch, executions, ordered }
      const id = this.jobs++
      this.running.set(id, { job, batch: this.finish(id, pool.run(job)) })
    }
    const isIdle = this.reason === null && this.running.size > 0 && this.running.size < most
    Atomics.store(this.wanted, 0, isIdle ? 1 : 0)
  }

  private async finish(id: number, running: Promise<Batch>): Promise<Finished> {
    return { id, batch: await running }
  }

  /** How many complete runs the next job may make: all jobs together no more than the budget has left. */
  private allowance(): number {
    const { maxExecutions, workers } = this.options
    if (maxExecutions === undefined) return Infinity
    let left = maxExecutions - this.totals.counts.executions
    for (const { job } of this.running.values()) left -= job.executions
    return Math.ceil(Math.max(0, left) / (workers - this.running.size))
  }

  private take({ id, batch }: Finished): void {
    const { job } = this.running.get(id)!
    this.running.delete(id)
    if (id < this.firstJob) return
    if (batch.ordered.length > this.ordered.length) {
      this.restart(job, batch)
      return
    }
    const { totals, parts, endless: isEndless, depth } = batch
    this.totals.add(totals)
    this.pending.push(...parts)
    this.depth = depth
    if (isEndless) this.end(endless(this.maxSteps))
    else if (Atomics.load(this.interrupt, 0) !== 0 && this.pending.length + this.running.size > 0)
      this.end(STOPPED)
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
