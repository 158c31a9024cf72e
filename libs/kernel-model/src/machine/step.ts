/** A kernel path and the steps it is made of. */
import type { Cell } from './cell.ts'
import type { Frame } from './frame.ts'
import type { Machine } from './machine.ts'
import { machine } from './running.ts'

/**
 * Kernel code as the lab writes it: a generator that is suspended *before* each access to shared state.
 * A line without `yield*` touches only locals.
 */
export interface KernelPath<T = void> extends Iterator<Step, T, unknown> {
  [Symbol.iterator](): KernelPath<T>
}

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
  /**
   * True where no access of the step is a locked instruction or a fence, but each a load or a store that a weak memory model may
   * delay by itself; and for steps that only change what their own CPU does. Absent: the step is in order with all others.
   */
  readonly relaxed?: boolean
  /** Who must move before this step can: names the edges of a deadlock's cycle. */
  readonly holder?: () => Frame | null
}

const NOTHING: StepOptions = {}
/** For a step of loads and stores, or of nothing that other CPUs see, without a wait. */
export const RELAXED: StepOptions = { relaxed: true }
const NO_WORDS: readonly Cell[] = []

/**
 * One access to shared state, described before it is performed. It is a path of one step, its own iterator and what that gives:
 * `yield*` hands it to the machine, and then gives what `run` returned. So a step costs one object and no generator.
 */
export class Step {
  /** The kernel's name of the operation. */
  readonly op: string
  /** The word that a trace shows for this step; null for a step without one (`smp_mb`). */
  readonly cell: Cell | null
  readonly run: (m: Machine, outcome: number) => unknown
  /** A memory model may ask for more than the code does. */
  ready: (() => boolean) | null
  awaits: readonly Cell[]
  readonly outcomes: number
  private readonly options: StepOptions
  /** The stack of source positions, innermost first; only while the machine traces. */
  readonly stack: string | null
  /** As an iterator's result: this step until it is performed, then what it gave. */
  value: unknown = null
  done = false

  constructor(
    op: string,
    cell: Cell | null,
    run: (m: Machine, outcome: number) => unknown,
    options: StepOptions = NOTHING,
  ) {
    this.op = op
    this.cell = cell
    this.run = run
    this.options = options
    if (options === NOTHING) {
      this.ready = null
      this.awaits = NO_WORDS
      this.outcomes = 1
    } else {
      this.ready = options.ready ?? null
      this.awaits = options.awaits ?? NO_WORDS
      this.outcomes = options.outcomes ?? 1
    }
    this.stack = machine().tracing ? (new Error('trace').stack ?? null) : null
  }

  get lastResort(): boolean {
    return this.options.lastResort === true
  }

  get relaxed(): boolean {
    return this.options.relaxed === true
  }

  get idle(): boolean {
    return this.options.idle === true
  }

  get holder(): (() => Frame | null) | null {
    return this.options.holder ?? null
  }

  /** First itself, to be performed; then, done, what it is given: the value that `run` returned. */
  next(given: unknown): this {
    this.done ||= this.value === this
    this.value = this.done ? given : this
    return this
  }

  [Symbol.iterator](): this {
    return this
  }
}

/**
 * Performs one access: suspends the path, and gives what `run` returned once the engine performed it.
 * Everything in kernel-model that touches shared state ends here.
 */
export function access<T>(
  op: string,
  cell: Cell | null,
  run: (m: Machine, outcome: number) => T,
  options?: StepOptions,
): KernelPath<T> {
  return new Step(op, cell, run, options) as unknown as KernelPath<T>
}
