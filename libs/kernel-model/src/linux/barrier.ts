/**
 * Marked and plain accesses, and barriers. Follows include/asm-generic/rwonce.h and barrier.h (6.18, x86-64).
 * Under sequential consistency the barriers order nothing further; they matter to the data-race detector and to weaker
 * memory models.
 */
import { access, type Cell, type KernelPath, Order, running } from '../machine/index.ts'

/** An unmarked C load. */
export function* plain_read<T>(cell: Cell<T>): KernelPath<T> {
  return yield* access('read', cell, (m) => m.load(cell, Order.Plain))
}

/** An unmarked C store. */
export function* plain_write<T>(cell: Cell<T>, value: T): KernelPath {
  yield* access('write', cell, (m) => m.store(cell, value, Order.Plain))
}

export function* READ_ONCE<T>(cell: Cell<T>): KernelPath<T> {
  return yield* access('READ_ONCE', cell, (m) => m.load(cell, Order.Once))
}

export function* WRITE_ONCE<T>(cell: Cell<T>, value: T): KernelPath {
  yield* access('WRITE_ONCE', cell, (m) => m.store(cell, value, Order.Once))
}

export function* smp_load_acquire<T>(cell: Cell<T>): KernelPath<T> {
  return yield* access('smp_load_acquire', cell, (m) => m.load(cell, Order.Acquire))
}

export function* smp_store_release<T>(cell: Cell<T>, value: T): KernelPath {
  yield* access('smp_store_release', cell, (m) => m.store(cell, value, Order.Release))
}

/** A full barrier: marked writes after it publish everything before it. */
export function* smp_mb(): KernelPath {
  yield* access('smp_mb', null, () => {
    const frame = running()
    frame.fence = frame.clock.slice()
    frame.clock[frame.index] = frame.clock[frame.index]! + 1
  })
}
