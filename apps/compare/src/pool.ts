/** Spreads the cells over worker threads. */
import { Piscina } from 'piscina'
import type { PlannedCell } from './cells.ts'
import type { Bounds, Explored } from './explore_cell.ts'
import type { Keeper } from './keeper.ts'
import { byWeight } from './weight.ts'
import type { Notice, Task } from './worker.ts'

/** Told what happens, for the eyes of the user only. */
export interface Watcher {
  /** So many schedules of the cell at this position of the plan have been run; `line` tells how far it is. */
  running(at: number, executions: number, line: string | null): void
  finished(at: number, explored: Explored): void
}

export interface PoolOptions {
  readonly workers: number
  readonly bounds: Bounds
  /** Ends all threads; what they were at is lost. */
  readonly signal: AbortSignal
  /** What is done already is not done again, and what is done is told it; null: nothing is kept. */
  readonly keeper?: Keeper
}

/**
 * Explores all cells that apply; gives what was finished, by position in the plan. Which thread took which cell has no influence.
 * Throws what a worker threw, which is a lab bug.
 */
export async function exploreAll(
  plan: readonly PlannedCell[],
  { workers, bounds, signal, keeper }: PoolOptions,
  watcher: Watcher,
): Promise<Map<number, Explored>> {
  const explored = new Map<number, Explored>(keeper?.finished)
  for (const [at, result] of explored) watcher.finished(at, result)
  const queue = [...plan.entries()]
    .filter(([at, cell]) => cell.missing === null && !explored.has(at))
    .toSorted(([, a], [, b]) => byWeight(a, b))
  if (queue.length === 0 || signal.aborted) return explored
  const pool = openPool(Math.min(workers, queue.length), watcher, keeper)
  signal.addEventListener('abort', () => void pool.destroy())
  const one = async (at: number, cell: PlannedCell): Promise<void> => {
    const resume = keeper?.present.get(at) ?? []
    const result = await pool.run({ at, cell, bounds, keeps: keeper?.keeps === true, resume })
    explored.set(at, result)
    keeper?.finish(at, result)
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

function openPool(threads: number, watcher: Watcher, keeper: Keeper | undefined): Piscina<Task, Explored> {
  const pool = new Piscina<Task, Explored>({
    filename: new URL('./worker.ts', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
  })
  pool.on('message', (notice: Notice) => {
    if ('states' in notice) keeper?.running(notice.at, notice.states)
    else watcher.running(notice.at, notice.executions, notice.line)
  })
  return pool
}
