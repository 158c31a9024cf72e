/** One word of shared memory. */
import type { Access } from './data_race.ts'
import type { MemoryObject } from './memory_object.ts'
import { machine, peekAt } from './running.ts'
import { recorder } from './state.ts'

/** How the C source marks an access; decides what it orders and whether it may race. */
export const Order = {
  /** An unmarked C access: the compiler may tear, fuse or repeat it. */
  Plain: 0,
  /** READ_ONCE / WRITE_ONCE and the `_relaxed` atomics. */
  Once: 1,
  Acquire: 2,
  Release: 3,
  /** A value-returning atomic without suffix: a full barrier on both sides. */
  Full: 4,
} as const
export type Order = (typeof Order)[keyof typeof Order]

/** Prints a value in the kernel's words; declared as a method so that a `Cell<number>` is also a `Cell`. */
export type Show<T> = { show(value: T): string }['show']

/** Shared by all words that nobody accessed so far. */
const NO_ACCESS: Access[] = []

/** What a footprint names: a cell, or a word of the machine's own state. */
export interface Word {
  readonly id: number
  readonly value: unknown
}

/**
 * One shared word. It is read and written only by a performed step, through `Machine.load` and `Machine.store`;
 * `peek` is for the `ready` test of a waiting step and for oracles, neither of which is an access.
 */
export class Cell<T = unknown> implements Word {
  readonly id: number
  readonly name: string
  readonly owner: MemoryObject | null
  /** Invariant: changed only by `Machine.store`. */
  value: T
  /** Prints a value in the kernel's words (`BPF_TW_PENDING` for 1); null: the general form. */
  readonly show: Show<T> | null
  /** What a marked write published here: the clock that an acquiring read joins. */
  published: readonly number[] | null = null
  /** For the data-race detector: of each frame the last access of each kind. */
  plainWrites = NO_ACCESS
  markedWrites = NO_ACCESS
  plainReads = NO_ACCESS
  markedReads = NO_ACCESS

  /** `id`: one that was taken from the machine before, for a cell that is made only when it is asked for. */
  constructor(
    name: string,
    value: T,
    owner: MemoryObject | null = null,
    show: Show<T> | null = null,
    id: number = machine().takeCellIds(1),
  ) {
    this.id = id
    this.name = owner === null ? name : `${owner.name}.${name}`
    this.value = value
    this.owner = owner
    this.show = show
    recorder?.cellMade(this)
  }

  /** The value, without an access: in memory, but in a `ready` test as the CPU of the waiting frame sees it. */
  peek(): T {
    recorder?.looked(this)
    return peekAt(this) as T
  }
}
