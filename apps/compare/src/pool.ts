/** Spreads the cells over worker threads. */
import { Piscina } from 'piscina'
import type { PlannedCell } from './cells.ts'
import type { Bounds, Explored } from './explore_cell.ts'
import { byWeight } from './weight.ts'
import type { Notice, Task } from './worker.ts'

/** Told what happens, for the eyes of the user only. */
export interface Watcher {
  /** So many schedules of the cell at this position of the plan have been run. */
  running(at: number, executions: number): void
  finished(at: number, explored: Explored): void
}

export interface PoolOptions {
  readonly workers: number
  readonly bounds: Bounds
  /** Ends all threads; what they were at is lost. */
  readonly signal: AbortSignal
}

/**
 * Explores all cells that apply; gives what was finished, by position in the plan. Which thread took which cell has no influence.
 * Throws what a worker threw, which is a lab bug.
 */
export async function exploreAll(
  plan: readonly PlannedCell[],
  { workers, bounds, signal }: PoolOptions,
  watcher: Watcher,
): Promise<Map<number, Explored>> {
  const explored = new Map<number, Explored>()
  const queue = [...plan.entries()]
    .filter(([, cell]) => cell.missing === null)
    .toSorted(([, a], [, b]) => byWeight(a, b))
  if (queue.length === 0 || signal.aborted) return explored
  const pool = openPool(Math.min(workers, queue.length), watcher)
  signal.addEventListener('abort', () => void pool.destroy())
  const one = async (at: number, cell: PlannedCell): Promise<void> => {
    const result = await pool.run({ at, cell, bounds })
    explored.set(at, result)
    watcher.finished(at, result)
  }
  try {
    await Promise.all(queue.map(async ([at, cell]) => one(at, cell)))
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    await pool.destroy()
  }
  return explored
}

function openPool(threads: number, watcher: Watcher): Piscina<Task, Explored> {
  const pool = new Piscina<Task, Explored>({
    filename: new URL('./worker.ts', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
  })
  pool.on('message', ({ at, executions }: Notice) => watcher.running(at, executions))
  return pool
}
