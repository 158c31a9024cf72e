/** Works off batches of programs in worker threads. */
import { Worker } from 'node:worker_threads'
import type { Sketch } from '../test/random_program.ts'
import type { Batch, TinyBatch } from '../test/soundness/run_family.ts'
import type { Report } from './soundness_worker.ts'

/** A program on which a worker is for so long does not end. */
const PATIENCE_MS = 60_000

export type AnyBatch = Batch | TinyBatch

const COUNTS = [
  'programs',
  'passedOver',
  'schedules',
  'classes',
  'executions',
  'redundant',
  'blocked',
  'states',
] as const
export type Sums = Record<(typeof COUNTS)[number] | 'failed', number>

export class SoundnessRun {
  /** By family. */
  readonly sums: Record<string, Sums> = {}
  private readonly queue: AnyBatch[]
  private readonly print: (failure: object) => void

  /** @param print is given each failure */
  constructor(plan: readonly AnyBatch[], print: (failure: object) => void) {
    this.queue = [...plan]
    this.print = print
  }

  /** Works in one worker thread after the other: a thread is given up with the batch of the program it hangs in. */
  async work(): Promise<void> {
    while (this.queue.length > 0) await this.oneThread(this.queue.shift()!)
  }

  total(key: keyof Sums): number {
    return Object.values(this.sums).reduce((sum, each) => sum + each[key], 0)
  }

  private async oneThread(first: AnyBatch): Promise<void> {
    const worker = new Worker(new URL('soundness_worker.ts', import.meta.url))
    let batch = first
    let [since, current]: [number, Sketch | null] = [Date.now(), null]
    const watch = setInterval(() => {
      if (Date.now() - since < PATIENCE_MS) return
      this.sumsOf(batch).failed++
      this.print({ wrong: 'does not end', ...batch, sketch: current })
      void worker.terminate()
    }, 1000)
    worker.on('message', (report: Report) => {
      since = Date.now()
      if ('begins' in report) {
        current = report.begins
        return
      }
      this.note(batch, report)
      const next = this.queue.shift()
      if (next === undefined) void worker.terminate()
      else worker.postMessage((batch = next), [])
    })
    worker.postMessage(batch, [])
    try {
      // An error in the comparison itself ends the run.
      await new Promise<void>((resolve, reject) => worker.once('exit', () => resolve()).once('error', reject))
    } finally {
      clearInterval(watch)
    }
  }

  private sumsOf({ family }: AnyBatch): Sums {
    const none = Object.fromEntries([...COUNTS, 'failed'].map((key) => [key, 0])) as Sums
    return (this.sums[family] ??= none)
  }

  private note(batch: AnyBatch, { totals, failed, shrunk }: Exclude<Report, { begins: Sketch }>): void {
    const sums = this.sumsOf(batch)
    for (const key of COUNTS) sums[key] += totals[key]
    sums.failed += failed
    for (const failure of shrunk) this.print({ ...failure, ...batch })
  }
}
