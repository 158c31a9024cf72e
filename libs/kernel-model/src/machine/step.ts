/** A kernel path and the steps it is made of. */
import type { Cell } from './cell.ts'
import type { Frame } from './frame.ts'
import type { Machine } from './machine.ts'
import { machine } from './running.ts'

/**
 * Kernel code as the lab writes it: a generator that is suspended *before* each access to shared state.
 * A line without `yield*` touches only locals.
 */
export type KernelPath<T = void> = Generator<Step, T, unknown>

/** What a step may say beyond its effect. */
export interface StepOptions {
  /** May the step be performed now? Peeks only at cells that `run` then reads or writes. Absent: always. */
  readonly ready?: () => boolean
  /** The words that `ready` looks at: needed by an engine to reverse a wait with an earlier write. */
  readonly awaits?: readonly Cell[]
  /** How many ways the step can turn out, all of which happen in some execution; at most 16. */
  readonly outcomes?: number
  /** True where the wait has a timeout of its own: it ends, without `ready`, once nothing else can move. */
  readonly lastResort?: boolean
  /** True where waiting for ever is rest, not deadlock: a worker without work, a task in user mode. */
  readonly idle?: boolean
  /** Who must move before this step can: names the edges of a deadlock's cycle. */
  readonly holder?: () => Frame | null
}

/** One access to shared state, described before it is performed. */
export class Step {
  /** The kernel's name of the operation. */
  readonly op: string
  /** The word that a trace shows for this step; null for a step without one (`smp_mb`). */
  readonly cell: Cell | null
  readonly run: (m: Machine, outcome: number) => unknown
  readonly ready: (() => boolean) | null
  readonly awaits: readonly Cell[]
  readonly outcomes: number
  readonly lastResort: boolean
  readonly idle: boolean
  readonly holder: (() => Frame | null) | null
  /** The stack of source positions, innermost first; only while the machine traces. */
  readonly stack: string | null

  constructor(
    op: string,
    cell: Cell | null,
    run: (m: Machine, outcome: number) => unknown,
    options: StepOptions,
  ) {
    this.op = op
    this.cell = cell
    this.run = run
    this.ready = options.ready ?? null
    this.awaits = options.awaits ?? []
    this.outcomes = options.outcomes ?? 1
    this.lastResort = options.lastResort ?? false
    this.idle = options.idle ?? false
    this.holder = options.holder ?? null
    this.stack = machine().tracing ? (new Error('trace').stack ?? null) : null
  }
}

const NOTHING: StepOptions = {}

/**
 * Performs one access: suspends the path, and gives what `run` returned once the engine performed it.
 * Everything in kernel-model that touches shared state ends here.
 */
export function* access<T>(
  op: string,
  cell: Cell | null,
  run: (m: Machine, outcome: number) => T,
  options: StepOptions = NOTHING,
): KernelPath<T> {
  return (yield new Step(op, cell, run, options)) as T
}
