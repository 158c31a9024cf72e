/**
 * Saturating reference counts. Follows include/linux/refcount.h and lib/refcount.c (6.18).
 *
 * Departures:
 * 1. The compare-and-exchange loop of refcount_inc_not_zero is one step: what it decides is decided by its
 *    last round. Hides nothing.
 * 2. A count that is saturated stays silent: the finding is the operation that saturated it. Hides only
 *    repetitions.
 */
import {
  access,
  generic,
  type KernelPath,
  type Machine,
  type MemoryObject,
  Order,
  ReferenceCount,
  WriteKind,
} from '../machine/index.ts'
import { atomic_read, atomic_set } from './atomic.ts'

/** INT_MIN / 2: a count that was misused stays here, and what it counts is never freed. */
export const REFCOUNT_SATURATED = -0x4000_0000

/** `refcount_t`: the number of references; 0 = the last one is gone. */
export class refcount_t {
  readonly refs: ReferenceCount

  constructor(name: string, value: number, owner: MemoryObject | null = null) {
    this.refs = new ReferenceCount(name, value, owner)
  }
}

function saturate(m: Machine, r: refcount_t, kind: string, what: string): void {
  m.report(kind, `refcount_t: ${what} on ${generic(r.refs.name)}`)
  m.store(r.refs, REFCOUNT_SATURATED, Order.Once, true)
}

/**
 * One more reference, for a caller that holds one. On zero: `refcount-saturation` (addition on 0;
 * use-after-free).
 */
export function refcount_inc(r: refcount_t): KernelPath {
  return access('refcount_inc', r.refs, (m) => {
    if (m.moveReference(r.refs, 1, Order.Once, WriteKind.Add) !== null) return
    const old = m.load(r.refs, Order.Once)
    if (old === 0) saturate(m, r, 'refcount-saturation', 'addition on 0; use-after-free')
    else m.store(r.refs, REFCOUNT_SATURATED, Order.Once, true)
  })
}

/** One more reference unless the count is zero; false = it was. Any context. */
export function refcount_inc_not_zero(r: refcount_t): KernelPath<boolean> {
  return access('refcount_inc_not_zero', r.refs, (m) => {
    if (m.moveReference(r.refs, 1, Order.Once) !== null) return true
    const old = m.load(r.refs, Order.Once)
    if (old === 0) return false
    m.store(r.refs, REFCOUNT_SATURATED, Order.Once, true)
    return true
  })
}

/** One reference less; true = it was the last, and the caller frees. Below zero: `refcount-underflow`. */
export function refcount_dec_and_test(r: refcount_t): KernelPath<boolean> {
  return access('refcount_dec_and_test', r.refs, (m) => {
    const before = m.moveReference(r.refs, -1, Order.Release)
    if (before !== null) return before === 1
    const old = m.load(r.refs, Order.Once)
    if (old === 0) saturate(m, r, 'refcount-underflow', 'underflow; use-after-free')
    else m.store(r.refs, REFCOUNT_SATURATED, Order.Release, true)
    return false
  })
}

/**
 * One reference less, for a caller that knows it is not the last. The last one: `refcount-underflow`
 * (decrement hit 0; leaking memory).
 */
export function refcount_dec(r: refcount_t): KernelPath {
  return access('refcount_dec', r.refs, (m) => {
    if (m.moveReference(r.refs, -1, Order.Release, WriteKind.None, 1) !== null) return
    const old = m.load(r.refs, Order.Once)
    if (old === 0 || old === 1) saturate(m, r, 'refcount-underflow', 'decrement hit 0; leaking memory')
    else m.store(r.refs, REFCOUNT_SATURATED, Order.Release, true)
  })
}

export function refcount_read(r: refcount_t): KernelPath<number> {
  return atomic_read(r.refs)
}

export function refcount_set(r: refcount_t, value: number): KernelPath {
  return atomic_set(r.refs, value)
}
