/**
 * Hash maps without preallocation. Follows htab_map_update_elem(), htab_map_delete_elem(), alloc_htab_elem(),
 * free_htab_elem() and htab_map_free() of kernel/bpf/hashtab.c (6.18).
 *
 * Departures:
 * 1. The element count changes in the step that decides (a new key) or unlinks (a delete), and not when a key
 *    is replaced: a spurious -E2BIG of the kernel is hidden.
 * 2. The elements' allocator holds 16 pieces for each CPU and is not refilled: -ENOMEM is a busy cache (an
 *    NMI), or a CPU that took more than it freed.
 * 3. The element's bpf_spin_lock is absent, as a value is one word: BPF_F_LOCK only decides which path is
 *    taken.
 * 4. WARN_ON_ONCE(!bpf_rcu_lock_held()) is absent: paths outside a program need not take rcu_read_lock().
 */
import { access, Cell, type Cpu, type KernelPath, machine, Order, running } from '../machine/index.ts'
import { E2BIG, EINVAL, ENOENT, ENOMEM } from '../linux/errno.ts'
import { rcu_read_lock, rcu_read_unlock } from '../linux/rcupdate.ts'
import { type bucket, find, hlist_nulls_replace, lookup_nulls_elem_raw, withBucket } from './bucket.ts'
import { bpf_htab_base, check_flags } from './htab_base.ts'
import { BPF_EXIST, BPF_F_LOCK, bpf_map_free_internal_structs, bpf_obj_free_fields } from './map.ts'
import type { bpf_map_value, MapOptions } from './map.ts'
import { bpf_mem_cache, unit_alloc, unit_free } from './mem_cache.ts'
import { copy_map_value, freeSlot, giveKey } from './slot.ts'

const ELEMENTS_PER_CPU = 16

/** `hash` with BPF_F_NO_PREALLOC: elements come from a bpf_mem_alloc of the map. */
export class bpf_htab extends bpf_htab_base {
  readonly count: Cell<number>
  private readonly caches = new Map<Cpu, bpf_mem_cache<bpf_map_value>>()

  constructor(name: string, options: MapOptions) {
    super(name, 'hash', options)
    const keys = options.keys ?? []
    this.count = new Cell('count', keys.length, this.object)
    for (const key of keys) this.link(key, this.addSlot(key))
  }

  private this_cpu_cache(): bpf_mem_cache<bpf_map_value> {
    const cpu = running().cpu
    let cache = this.caches.get(cpu)
    if (cache === undefined) {
      const sizes = { prefill: ELEMENTS_PER_CPU, batch: 0 }
      cache = machine().onDemand(
        `${this.name} ma of ${cpu.name}`,
        () => new bpf_mem_cache<bpf_map_value>(`${this.name} ma`, cpu, sizes, freeSlot),
      )
      this.caches.set(cpu, cache)
    }
    return cache
  }

  *map_update_elem(key: unknown, data: number, flags: number): KernelPath<number> {
    if ((flags & ~BPF_F_LOCK) > BPF_EXIST) return -EINVAL
    const b = this.select_bucket(key)
    if ((flags & BPF_F_LOCK) !== 0) {
      const there = yield* lookup_nulls_elem_raw(b, key)
      const err = check_flags(there, flags)
      if (err !== 0) return err
      if (there !== null) return yield* copy_map_value_locked(there, data)
    }
    let old: bpf_map_value | null = null
    const err = yield* withBucket(b, () => this.replace(b, key, data, flags, (l) => (old = l)))
    if (old !== null && err === 0) yield* this.free_htab_elem(old)
    return err
  }

  /** With the bucket lock held. Tells `unlinked` of the element that has to be freed after unlock. */
  private *replace(
    b: bucket,
    key: unknown,
    data: number,
    flags: number,
    unlinked: (value: bpf_map_value) => void,
  ): KernelPath<number> {
    const { old, err } = yield* this.reserve(b, key, flags)
    if (err !== 0) return err
    if (old !== null && (flags & BPF_F_LOCK) !== 0) return yield* copy_map_value_locked(old, data)
    const fresh = yield* unit_alloc(this.this_cpu_cache(), (slot) => slot ?? this.addSlot(null), false)
    if (fresh === null) {
      if (old === null) yield* this.dec_elem_count()
      return -ENOMEM
    }
    yield* giveKey(fresh, key)
    yield* copy_map_value(fresh, data)
    yield* hlist_nulls_replace(b, key, fresh, old)
    if (old !== null) unlinked(old)
    return 0
  }

  /** Finds the old element, and counts the new one if there is none. */
  private *reserve(
    b: bucket,
    key: unknown,
    flags: number,
  ): KernelPath<{ old: bpf_map_value | null; err: number }> {
    return yield* access('lookup_elem_raw', b.head, (m) => {
      const old = find(m.load(b.head, Order.Once), key)
      const err = check_flags(old, flags)
      if (err !== 0 || old !== null) return { old, err }
      const count = m.load(this.count, Order.Once)
      if (count >= this.max_entries) return { old, err: -E2BIG }
      m.store(this.count, count + 1, Order.Once, true)
      return { old, err: 0 }
    })
  }

  private *dec_elem_count(): KernelPath {
    yield* access('dec_elem_count', this.count, (m) => {
      m.store(this.count, m.load(this.count, Order.Once) - 1, Order.Once, true)
    })
  }

  /** -ENOENT, an error of the lock, or 0. The field is freed after unlock. */
  *map_delete_elem(key: unknown): KernelPath<number> {
    const b = this.select_bucket(key)
    let old: bpf_map_value | null = null
    const err = yield* withBucket(b, () =>
      access('hlist_nulls_del_rcu', b.head, (m) => {
        const elems = m.load(b.head, Order.Once)
        old = find(elems, key)
        if (old === null) return -ENOENT
        m.store(
          b.head,
          elems.filter((l) => l.value !== old),
          Order.Release,
        )
        m.store(this.count, m.load(this.count, Order.Once) - 1, Order.Once, true)
        return 0
      }),
    )
    if (old !== null) yield* this.free_htab_elem(old)
    return err
  }

  /** The field, then the memory: from here on the slot may get another key at once. */
  private *free_htab_elem(value: bpf_map_value): KernelPath {
    yield* bpf_obj_free_fields(value)
    yield* unit_free(this.this_cpu_cache(), value)
  }

  /** Only elements that are linked; what a stale pointer armed in a free one is not seen. */
  *map_release_uref(): KernelPath {
    yield* rcu_read_lock()
    yield* this.linked(bpf_map_free_internal_structs)
    yield* rcu_read_unlock()
  }

  /** As above; the elements' memory goes with the map's. */
  *map_free(): KernelPath {
    yield* this.linked(bpf_obj_free_fields)
  }
}

/** In place, under the element's own lock: the field is neither freed nor cancelled. */
function* copy_map_value_locked(value: bpf_map_value, data: number): KernelPath<number> {
  yield* copy_map_value(value, data)
  return 0
}
