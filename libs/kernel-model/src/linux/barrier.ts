/**
 * Marked and plain accesses, and barriers. Follows include/asm-generic/rwonce.h and barrier.h (6.18, x86-64).
 * Under sequential consistency the barriers order nothing further; they matter to the data-race detector and to weaker
 * memory models. Under TSO, smp_mb() waits for the store buffer; the others are barriers to the compiler only, as on x86.
 */
import { access, type Cell, type KernelPath, Order, RELAXED, running } from '../machine/index.ts'
import { releaseClock } from '../machine/data_race.ts'

/** An unmarked C load. */
export function plain_read<T>(cell: Cell<T>): KernelPath<T> {
  return access('read', cell, (m) => m.load(cell, Order.Plain), RELAXED)
}

/** An unmarked C store. */
export function plain_write<T>(cell: Cell<T>, value: T): KernelPath {
  return access('write', cell, (m) => m.store(cell, value, Order.Plain), RELAXED)
}

export function READ_ONCE<T>(cell: Cell<T>): KernelPath<T> {
  return access('READ_ONCE', cell, (m) => m.load(cell, Order.Once), RELAXED)
}

export function WRITE_ONCE<T>(cell: Cell<T>, value: T): KernelPath {
  return access('WRITE_ONCE', cell, (m) => m.store(cell, value, Order.Once), RELAXED)
}

export function smp_load_acquire<T>(cell: Cell<T>): KernelPath<T> {
  return access('smp_load_acquire', cell, (m) => m.load(cell, Order.Acquire), RELAXED)
}

export function smp_store_release<T>(cell: Cell<T>, value: T): KernelPath {
  return access('smp_store_release', cell, (m) => m.store(cell, value, Order.Release), RELAXED)
}

/** A full barrier: marked writes after it publish everything before it. */
export function smp_mb(): KernelPath {
  return access('smp_mb', null, fence)
}

/** Orders stores before it and stores after it: marked writes after it publish everything before it. */
export function smp_wmb(): KernelPath {
  return access('smp_wmb', null, fence, RELAXED)
}

/** Orders loads before it and loads after it. Nothing to the data-race detector, to which marked reads acquire anyway. */
export function smp_rmb(): KernelPath {
  return access('smp_rmb', null, () => undefined, RELAXED)
}

function fence(): void {
  const frame = running()
  frame.fence = releaseClock(frame)
}
