/** What runs in each worker thread: one cell at a time. */
import { parentPort } from 'node:worker_threads'
import type { Cell } from './cells.ts'
import { type Bounds, exploreCell, type Explored } from './explore_cell.ts'

/** A cell to be explored, with its position in the plan. */
export interface Task {
  readonly at: number
  readonly cell: Cell
  readonly bounds: Bounds
}

/** Sent while a cell is explored. */
export interface Notice {
  readonly at: number
  readonly executions: number
}

/** Explores a cell; tells the main thread when it begins and now and then how far it is. */
export default function run({ at, cell, bounds }: Task): Explored {
  const tell = (executions: number): void => parentPort?.postMessage({ at, executions } satisfies Notice, [])
  tell(0)
  return exploreCell(cell, bounds, tell)
}
