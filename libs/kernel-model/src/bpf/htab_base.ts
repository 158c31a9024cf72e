/**
 * What both kinds of hash map share: buckets, lookup, flags. Follows struct bpf_htab, select_bucket() and
 * check_flags() of kernel/bpf/hashtab.c (6.18).
 *
 * Departures:
 * 1. As many buckets as entries, not rounded up to a power of two, and a hash that numbers keep: keys 0, 1, …
 *    of a small map do not collide. Hides the contention of keys that share a bucket; `buckets: 1` makes all
 *    of them share one.
 */
import { access, type KernelPath, Order } from '../machine/index.ts'
import { EEXIST, ENOENT } from '../linux/errno.ts'
import { bucket, hash_of, lookup_nulls_elem_raw } from './bucket.ts'
import { BPF_EXIST, BPF_F_LOCK, bpf_map, BPF_NOEXIST } from './map.ts'
import type { bpf_map_value, MapOptions, MapType } from './map.ts'

/** `struct bpf_htab`: the part that both kinds of hash share. */
export abstract class bpf_htab_base extends bpf_map {
  readonly buckets: readonly bucket[]

  constructor(name: string, type: MapType, options: MapOptions) {
    super(name, type, options)
    const count = options.buckets ?? options.entries
    this.buckets = Array.from({ length: count }, (_, index) => new bucket(index, this.object))
  }

  select_bucket(key: unknown): bucket {
    return this.buckets[hash_of(key) % this.buckets.length]!
  }

  *map_lookup_elem(key: unknown): KernelPath<bpf_map_value | null> {
    return yield* lookup_nulls_elem_raw(this.select_bucket(key), key)
  }

  /** At boot: an element that is there before anything runs. */
  protected link(key: unknown, value: bpf_map_value): void {
    const head = this.select_bucket(key).head
    head.value = [{ key, value }, ...head.value]
  }

  /** Walks all buckets without a lock. */
  protected *linked(each: (value: bpf_map_value) => KernelPath): KernelPath {
    for (const b of this.buckets) {
      const elems = yield* access('hlist_nulls_first', b.head, (m) => m.load(b.head, Order.Acquire))
      for (const l of elems) yield* each(l.value)
    }
  }
}

/** -EEXIST or -ENOENT if the flags do not allow it, else 0. */
export function check_flags(old: bpf_map_value | null, flags: number): number {
  const mode = flags & ~BPF_F_LOCK
  if (old !== null && mode === BPF_NOEXIST) return -EEXIST
  if (old === null && mode === BPF_EXIST) return -ENOENT
  return 0
}
