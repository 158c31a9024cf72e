/**
 * Read-modify-write operations. Follows include/linux/atomic/atomic-instrumented.h (6.18): value-returning forms
 * without suffix are full barriers, a failed compare-and-exchange is a plain marked read.
 */
import { access, type Cell, type KernelPath, type Machine, Order } from '../machine/index.ts'

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
export function* cmpxchg<T>(cell: Cell<T>, old: T, next: T): KernelPath<T> {
  return yield* access('cmpxchg', cell, (m) => compareExchange(m, cell, old, next))
}

/** As the kernel's macro, but `old` is not updated in place: gives whether it stored, and the value found. */
export function* try_cmpxchg<T>(cell: Cell<T>, old: T, next: T): KernelPath<{ done: boolean; old: T }> {
  return yield* access('try_cmpxchg', cell, (m) => {
    const seen = compareExchange(m, cell, old, next)
    return { done: samePointer(seen, old), old: seen }
  })
}

export function* xchg<T>(cell: Cell<T>, next: T): KernelPath<T> {
  return yield* access('xchg', cell, (m) => update(m, cell, () => next).before)
}

function update<T>(m: Machine, cell: Cell<T>, change: (value: T) => T): { before: T; after: T } {
  const before = m.load(cell, Order.Once)
  const after = change(before)
  m.store(cell, after, Order.Full, true)
  return { before, after }
}

export function* atomic_read(cell: Cell<number>): KernelPath<number> {
  return yield* access('atomic_read', cell, (m) => m.load(cell, Order.Once))
}

export function* atomic_set(cell: Cell<number>, value: number): KernelPath {
  yield* access('atomic_set', cell, (m) => m.store(cell, value, Order.Once))
}

/** No value, no order. */
export function* atomic_add(value: number, cell: Cell<number>): KernelPath {
  yield* access('atomic_add', cell, (m) => {
    m.store(cell, m.load(cell, Order.Once) + value, Order.Once, true)
  })
}

export function* atomic_inc(cell: Cell<number>): KernelPath {
  yield* atomic_add(1, cell)
}

export function* atomic_dec(cell: Cell<number>): KernelPath {
  yield* atomic_add(-1, cell)
}

export function* atomic_fetch_add(value: number, cell: Cell<number>): KernelPath<number> {
  return yield* access('atomic_fetch_add', cell, (m) => update(m, cell, (v) => v + value).before)
}

export function* atomic_fetch_or(mask: number, cell: Cell<number>): KernelPath<number> {
  return yield* access('atomic_fetch_or', cell, (m) => update(m, cell, (v) => v | mask).before)
}

export function* atomic_inc_return(cell: Cell<number>): KernelPath<number> {
  return yield* access('atomic_inc_return', cell, (m) => update(m, cell, (v) => v + 1).after)
}

/** True if the result is zero. Going below zero is reported. */
export function* atomic_dec_and_test(cell: Cell<number>): KernelPath<boolean> {
  return yield* access('atomic_dec_and_test', cell, (m) => {
    const { after } = update(m, cell, (v) => v - 1)
    if (after < 0) m.report('refcount-underflow', `${cell.name.replaceAll(/#\d+/g, '')} fell below zero`)
    return after === 0
  })
}

/** Adds unless the value is `unless`; gives the former value. A refusal is a read. */
export function* atomic_fetch_add_unless(
  cell: Cell<number>,
  value: number,
  unless: number,
): KernelPath<number> {
  return yield* access('atomic_fetch_add_unless', cell, (m) => {
    const before = m.load(cell, Order.Once)
    if (before !== unless) m.store(cell, before + value, Order.Full, true)
    return before
  })
}
