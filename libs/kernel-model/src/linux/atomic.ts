/**
 * Read-modify-write operations. Follows include/linux/atomic/atomic-instrumented.h (6.18): value-returning forms
 * without suffix are full barriers, a failed compare-and-exchange is a plain marked read.
 */
import {
  access,
  type Cell,
  type KernelPath,
  type Machine,
  Order,
  RELAXED,
  WriteKind,
} from '../machine/index.ts'

/** Pointers are equal if they point to the same memory, whichever incarnation of it they were made for. */
export function samePointer(a: unknown, b: unknown): boolean {
  if (a === b) return true
  const left = (a as { object?: { address?: number } } | null)?.object?.address
  const right = (b as { object?: { address?: number } } | null)?.object?.address
  return left !== undefined && left === right
}

function compareExchange<T>(m: Machine, cell: Cell<T>, old: T, next: T): T {
  const seen = m.load(cell, Order.Once)
  if (samePointer(seen, old)) m.store(cell, next, Order.Full, true)
  return seen
}

/** Gives the value found: equal to `old` iff it stored `next`. */
export function cmpxchg<T>(cell: Cell<T>, old: T, next: T): KernelPath<T> {
  return access('cmpxchg', cell, (m) => compareExchange(m, cell, old, next))
}

/** As the kernel's macro, but `old` is not updated in place: gives whether it stored, and the value found. */
export function* try_cmpxchg<T>(cell: Cell<T>, old: T, next: T): KernelPath<{ done: boolean; old: T }> {
  return yield* access('try_cmpxchg', cell, (m) => {
    const seen = compareExchange(m, cell, old, next)
    return { done: samePointer(seen, old), old: seen }
  })
}

export function xchg<T>(cell: Cell<T>, next: T): KernelPath<T> {
  return access('xchg', cell, (m) => exchange(m, cell, next))
}

/** Gives the value found. `next` may have been made from a peek: this is one step. */
function exchange<T>(m: Machine, cell: Cell<T>, next: T): T {
  const before = m.load(cell, Order.Once)
  m.store(cell, next, Order.Full, true)
  return before
}

export function atomic_read(cell: Cell<number>): KernelPath<number> {
  return access('atomic_read', cell, (m) => m.load(cell, Order.Once), RELAXED)
}

export function atomic_set(cell: Cell<number>, value: number): KernelPath {
  return access('atomic_set', cell, (m) => m.store(cell, value, Order.Once), RELAXED)
}

/** No value, no order. */
export function atomic_add(value: number, cell: Cell<number>): KernelPath {
  return access('atomic_add', cell, (m) => {
    if ((value === 1 || value === -1) && m.moveReference(cell, value, Order.Once, WriteKind.Add) !== null)
      return
    m.update(cell, cell.peek() + value, Order.Once, WriteKind.Add)
  })
}

export function atomic_inc(cell: Cell<number>): KernelPath {
  return atomic_add(1, cell)
}

export function atomic_dec(cell: Cell<number>): KernelPath {
  return atomic_add(-1, cell)
}

export function atomic_fetch_add(value: number, cell: Cell<number>): KernelPath<number> {
  return access('atomic_fetch_add', cell, (m) => exchange(m, cell, cell.peek() + value))
}

export function atomic_fetch_or(mask: number, cell: Cell<number>): KernelPath<number> {
  return access('atomic_fetch_or', cell, (m) => exchange(m, cell, cell.peek() | mask))
}

export function atomic_inc_return(cell: Cell<number>): KernelPath<number> {
  return access('atomic_inc_return', cell, (m) => exchange(m, cell, cell.peek() + 1) + 1)
}

/** True if the result is zero. Going below zero is reported. */
export function atomic_dec_and_test(cell: Cell<number>): KernelPath<boolean> {
  return access('atomic_dec_and_test', cell, (m) => {
    const before = m.moveReference(cell, -1, Order.Full)
    if (before !== null) return before === 1
    const after = exchange(m, cell, cell.peek() - 1) - 1
    if (after < 0) m.report('refcount-underflow', `${cell.name.replaceAll(/#\d+/g, '')} fell below zero`)
    return after === 0
  })
}

/**
 * One reference more unless there is none; false = so it is, which is a read. What the C source writes as
 * `atomic_fetch_add_unless(count, 1, 0)` where it looks at the result for nothing else.
 */
export function atomic_inc_not_zero(count: Cell<number>): KernelPath<boolean> {
  return access('atomic_fetch_add_unless', count, (m) => {
    if (m.moveReference(count, 1, Order.Full) !== null) return true
    const before = m.load(count, Order.Once)
    if (before === 0) return false
    m.store(count, before + 1, Order.Full, true)
    return true
  })
}
