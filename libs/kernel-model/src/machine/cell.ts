/** One word of shared memory. */
import { machine } from './running.ts'
import type { MemoryObject } from './memory_object.ts'

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

/** One access that the data-race detector remembers: by which frame, at which of its epochs, at which step. */
export interface Access {
  readonly frame: number
  readonly epoch: number
  readonly step: number
  readonly plain: boolean
  readonly kind: 'read' | 'write'
}

/** Prints a value in the kernel's words; declared as a method so that a `Cell<number>` is also a `Cell`. */
export type Show<T> = { show(value: T): string }['show']

/**
 * One shared word. It is read and written only by a performed step, through `Machine.load` and `Machine.store`;
 * `peek` is for the `ready` test of a waiting step and for oracles, neither of which is an access.
 */
export class Cell<T = unknown> {
  readonly id: number
  readonly name: string
  readonly owner: MemoryObject | null
  /** Invariant: changed only by `Machine.store`. */
  value: T
  /** Prints a value in the kernel's words (`BPF_TW_PENDING` for 1); null: the general form. */
  readonly show: Show<T> | null
  /** What a marked write published here: the clock that an acquiring read joins. */
  published: readonly number[] | null = null
  writes: Access[] = []
  reads: Access[] = []

  constructor(name: string, value: T, owner: MemoryObject | null = null, show: Show<T> | null = null) {
    this.id = machine().takeCellId()
    this.name = owner === null ? name : `${owner.name}.${name}`
    this.value = value
    this.owner = owner
    this.show = show
  }

  /** The value, without an access. */
  peek(): T {
    return this.value
  }
}
