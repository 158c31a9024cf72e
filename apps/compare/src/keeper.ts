/** Keeps a comparison in a file: the cells that are finished, and what is left of those in progress. */
import { existsSync, rmSync } from 'node:fs'
import type { ExplorationState } from '@bottom-half/exploration'
import {
  CheckpointError,
  type Identity,
  Pace,
  readCheckpoint,
  stateFromJson,
  StateJson,
  stateToJson,
  writeCheckpoint,
} from '@bottom-half/exploration/node'
import { Results } from '@bottom-half/report'
import { z } from 'zod'
import type { Explored } from './explore_cell.ts'
import type { Comparison } from './options.ts'
import { sourceHash } from './source_hash.ts'
import { UserError } from './user_error.ts'

const at = z.int().min(0)
const Kept = z.strictObject({
  finished: z.array(
    z.strictObject({
      at,
      explored: z.strictObject({
        result: Results.shape.cells.element,
        findings: Results.shape.findings,
        reason: z.string().nullable(),
      }),
    }),
  ),
  present: z.array(z.strictObject({ at, states: z.array(StateJson) })),
})

/** All that the results depend on. */
function identityOf({ designs, workloads, maps, bounds }: Comparison): Identity {
  const names = (all: readonly { readonly id: string }[]): string => all.map(({ id }) => id).join()
  return {
    'the checksum of the code': sourceHash(),
    '--designs': names(designs),
    '--workloads': names(workloads),
    '--map': maps.join(),
    '--budget': bounds.budget,
    '--seed': bounds.seed,
    '--memory': bounds.memory,
  }
}

/** What is done of the cells, by position in the plan. With no file, nothing is kept beyond the run. */
export class Keeper {
  readonly finished = new Map<number, Explored>()
  /** By memory model, as far as they came. */
  readonly present = new Map<number, readonly ExplorationState[]>()
  private readonly path: string | null
  private readonly of: Identity
  private failed = false
  private readonly pace = new Pace(() => performance.now())

  /** Throws UserError if the file cannot be gone on with, or cannot be written. */
  constructor(request: Comparison) {
    this.path = request.checkpoint
    this.of = identityOf(request)
    if (this.path === null) return
    if (request.resume) this.read(this.path)
    else if (existsSync(this.path))
      throw new UserError(
        `--checkpoint: ${this.path} exists: expected --resume to go on with it, or another name`,
      )
    this.writeFirst(this.path)
  }

  get keeps(): boolean {
    return this.path !== null
  }

  running(cell: number, states: readonly ExplorationState[]): void {
    if (this.finished.has(cell)) return
    this.present.set(cell, states)
    this.writeIfDue()
  }

  finish(cell: number, explored: Explored): void {
    this.finished.set(cell, explored)
    this.present.delete(cell)
    this.writeIfDue()
  }

  /** Keeps all that is done; true if there is a file to go on from. */
  save(): boolean {
    return this.path !== null && this.writeIfPossible(this.path)
  }

  /** What is complete, and was delivered, need not be kept. */
  remove(): void {
    if (this.path !== null) rmSync(this.path, { force: true })
  }

  private read(path: string): void {
    try {
      const { finished, present } = readCheckpoint(path, this.of, Kept)
      for (const { at: cell, explored } of finished) this.finished.set(cell, explored)
      for (const { at: cell, states } of present) this.present.set(cell, states.map(stateFromJson))
    } catch (error) {
      if (error instanceof CheckpointError) throw new UserError(`--resume: ${error.message}`)
      throw error
    }
  }

  private writeIfDue(): void {
    const { path } = this
    if (path !== null && this.pace.due()) this.pace.save(() => this.writeIfPossible(path))
  }

  /** That it cannot be kept is no reason to lose what is done. */
  private writeIfPossible(path: string): boolean {
    try {
      this.write(path)
      return true
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === undefined) throw error
      if (!this.failed)
        process.stderr.write(
          `compare: ${path} cannot be written any more (${code}); the run goes on without\n`,
        )
      this.failed = true
      return false
    }
  }

  private writeFirst(path: string): void {
    try {
      this.write(path)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === undefined) throw error
      throw new UserError(
        `--checkpoint: expected a file that can be written, and ${path} cannot be (${code})`,
      )
    }
  }

  private write(path: string): void {
    const finished = [...this.finished].map(([cell, explored]) => ({ at: cell, explored }))
    const present = [...this.present].map(([cell, states]) => ({ at: cell, states: states.map(stateToJson) }))
    writeCheckpoint(path, this.of, { finished, present })
  }
}
