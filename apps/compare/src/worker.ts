/** What runs in each worker thread: one cell at a time. */
import { parentPort } from 'node:worker_threads'
import { type ExplorationState, type ExploreOptions, progressLine } from '@bottom-half/exploration'
import { Pace } from '@bottom-half/exploration/node'
import type { Cell } from './cells.ts'
import { type Bounds, exploreCell, type Explored } from './explore_cell.ts'

/** A cell to be explored, with its position in the plan. */
export interface Task {
  readonly at: number
  readonly cell: Cell
  readonly bounds: Bounds
  /** Is its state to be told every few seconds? */
  readonly keeps: boolean
  /** Where it was left, by memory model. */
  readonly resume: readonly ExplorationState[]
}

/** Sent while a cell is explored. */
export type Notice =
  | { readonly at: number; readonly executions: number; readonly line: string | null }
  | { readonly at: number; readonly states: readonly ExplorationState[] }

/** Explores a cell; tells the main thread when it begins and now and then how far it is. */
export default function run({ at, cell, bounds, keeps, resume }: Task): Explored {
  const tell = (notice: Notice): void => parentPort?.postMessage(notice, [])
  const before = resume.at(-1)?.totals.counts.executions ?? 0
  const start = performance.now()
  const onProgress: NonNullable<ExploreOptions['onProgress']> = (executions, figures) => {
    const elapsed = (performance.now() - start) / 1000
    const perSecond = (executions - before) / elapsed
    tell({ at, executions, line: progressLine({ ...figures(), executions, perSecond, elapsed }) })
  }
  tell({ at, executions: before, line: null })
  const pace = new Pace(() => performance.now())
  const save = (states: readonly ExplorationState[]): void => pace.save(() => tell({ at, states }))
  return exploreCell(cell, bounds, onProgress, {
    resume,
    ...(keeps ? { due: () => pace.due(), save } : {}),
  })
}
