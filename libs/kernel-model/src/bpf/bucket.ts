/**
 * A bucket of a hash table: a lock, and a list that is read without it. Follows struct bucket,
 * htab_lock_bucket() and lookup_nulls_elem_raw() of kernel/bpf/hashtab.c (6.18: rqspinlock since 6.15).
 *
 * Departures:
 * 1. The list is one word: a walk is one read, and the two stores that put a new element in front of the old
 *    one and then unlink that are one write. A lookup by key cannot tell: it finds the new one in between.
 *    Hides nothing.
 * 2. A lookup compares keys and takes the list in one step; that an element was reused for another key while
 *    it was compared is the same as its reuse just after.
 */
import { access, Cell, type KernelPath, type MemoryObject, Order } from '../machine/index.ts'
import {
  raw_res_spin_lock_irqsave,
  raw_res_spin_unlock_irqrestore,
  rqspinlock_t,
} from '../linux/rqspinlock.ts'
import type { bpf_map_value } from './map.ts'

/** An element on a bucket's list. The key is the one that it was linked with. */
export interface htab_elem {
  readonly key: unknown
  readonly value: bpf_map_value
}

/** `struct bucket`. */
export class bucket {
  readonly raw_lock: rqspinlock_t
  /** Newest first. */
  readonly head: Cell<readonly htab_elem[]>

  constructor(index: number, owner: MemoryObject) {
    this.raw_lock = new rqspinlock_t(`bucket#${index}.raw_lock`, owner)
    this.head = new Cell<readonly htab_elem[]>(`bucket#${index}.head`, [], owner, showKeys)
  }
}

function showKeys(elems: readonly htab_elem[]): string {
  return elems.length === 0 ? 'empty' : elems.map((l) => String(l.key)).join(', ')
}

/** A hash that is the same in every run. */
export function hash_of(key: unknown): number {
  if (typeof key === 'number') return key
  let hash = 0
  for (const letter of String(key)) hash = (hash * 31 + letter.charCodeAt(0)) & 0xffff
  return hash
}

/** A walk without the lock, by an RCU reader. */
export function* lookup_nulls_elem_raw(b: bucket, key: unknown): KernelPath<bpf_map_value | null> {
  return yield* access('lookup_nulls_elem_raw', b.head, (m) => find(m.load(b.head, Order.Acquire), key))
}

export function find(elems: readonly htab_elem[], key: unknown): bpf_map_value | null {
  return elems.find((l) => l.key === key)?.value ?? null
}

/** Puts `value` in front and takes `old` off, with the lock held. */
export function* hlist_nulls_replace(
  b: bucket,
  key: unknown,
  value: bpf_map_value,
  old: bpf_map_value | null,
): KernelPath {
  yield* access('hlist_nulls_add_head_rcu', b.head, (m) => {
    const rest = m.load(b.head, Order.Once).filter((l) => l.value !== old)
    m.store(b.head, [{ key, value }, ...rest], Order.Release)
  })
}

/**
 * Runs `body` under the lock, interrupts off; or gives the lock's error without running it: -EDEADLK,
 * -ETIMEDOUT.
 */
export function* withBucket(b: bucket, body: () => KernelPath<number>): KernelPath<number> {
  const { err, flags } = yield* raw_res_spin_lock_irqsave(b.raw_lock)
  if (err !== 0) return err
  const result = yield* body()
  yield* raw_res_spin_unlock_irqrestore(b.raw_lock, flags)
  return result
}
