/**
 * LRU hash maps: preallocated, and an update finds room by evicting. Follows htab_lru_map_update_elem(),
 * htab_lru_map_delete_node(), htab_lru_map_delete_elem() and htab_lru_push_free() of kernel/bpf/hashtab.c
 * (6.18: a victim's field is freed after the bucket's unlock, with the LRU lock held).
 *
 * The LRU lock is a plain raw_spinlock: using it in NMI is a context violation, as it is a bug of the kernel
 * before 2026.
 */
import { access, type KernelPath, Order } from '../machine/index.ts'
import { EINVAL, ENOENT, ENOMEM } from '../linux/errno.ts'
import { type bucket, find, hlist_nulls_replace, withBucket } from './bucket.ts'
import { bpf_htab_base, check_flags } from './htab_base.ts'
import { bpf_lru, bpf_lru_pop_free, bpf_lru_push_free } from './lru.ts'
import { BPF_EXIST, bpf_map_free_internal_structs, bpf_obj_free_fields, type bpf_map_value } from './map.ts'
import type { MapOptions } from './map.ts'
import { copy_map_value, giveKey } from './slot.ts'

/** `lru_hash`. */
export class bpf_lru_htab extends bpf_htab_base {
  readonly lru: bpf_lru

  constructor(name: string, options: MapOptions) {
    super(name, 'lru_hash', options)
    const used = (options.keys ?? []).map((key) => {
      const node = this.addSlot(key)
      this.link(key, node)
      return { node, bucket: this.select_bucket(key) }
    })
    while (this.slots.length < options.entries) this.addSlot(null)
    const free = this.slots.slice(used.length).toReversed()
    this.lru = new bpf_lru(this.object, { free, used }, (node, b) => this.htab_lru_map_delete_node(node, b))
  }

  /** Takes a slot first, which may evict another key (even this one), and only then looks for the key. */
  *map_update_elem(key: unknown, data: number, flags: number): KernelPath<number> {
    if (flags > BPF_EXIST) return -EINVAL
    const b = this.select_bucket(key)
    const fresh = yield* bpf_lru_pop_free(this.lru, b)
    if (fresh === null) return -ENOMEM
    yield* giveKey(fresh, key)
    yield* copy_map_value(fresh, data)
    const unlinked: Unlinked = { value: null }
    const err = yield* withBucket(b, () => replace(b, key, fresh, flags, unlinked))
    if (err !== 0) yield* this.htab_lru_push_free(fresh)
    else if (unlinked.value !== null) yield* this.htab_lru_push_free(unlinked.value)
    return err
  }

  *map_delete_elem(key: unknown): KernelPath<number> {
    const b = this.select_bucket(key)
    const unlinked: Unlinked = { value: null }
    const err = yield* withBucket(b, () => take(b, (_value, k) => k === key, unlinked))
    if (unlinked.value !== null) yield* this.htab_lru_push_free(unlinked.value)
    return err
  }

  /** Eviction: with the LRU lock held. False: the slot is not linked, or the bucket's lock failed. */
  private *htab_lru_map_delete_node(victim: bpf_map_value, b: bucket): KernelPath<boolean> {
    const unlinked: Unlinked = { value: null }
    yield* withBucket(b, () => take(b, (value) => value === victim, unlinked))
    if (unlinked.value === null) return false
    yield* bpf_obj_free_fields(victim)
    return true
  }

  private *htab_lru_push_free(value: bpf_map_value): KernelPath {
    yield* bpf_obj_free_fields(value)
    yield* bpf_lru_push_free(this.lru, value)
  }

  /** All slots, whether they have a key or not. */
  *map_release_uref(): KernelPath {
    for (const value of this.slots) yield* bpf_map_free_internal_structs(value)
  }

  *map_free(): KernelPath {
    for (const value of this.slots) yield* bpf_obj_free_fields(value)
  }
}

function* unlink(
  b: bucket,
  match: (value: bpf_map_value, key: unknown) => boolean,
): KernelPath<bpf_map_value | null> {
  return yield* access('hlist_nulls_del_rcu', b.head, (m) => {
    const elems = m.load(b.head, Order.Once)
    const gone = elems.find((l) => match(l.value, l.key))
    if (gone === undefined) return null
    m.store(
      b.head,
      elems.filter((l) => l !== gone),
      Order.Release,
    )
    return gone.value
  })
}

/** What a section of a bucket's lock took off. */
interface Unlinked {
  value: bpf_map_value | null
}

/** Links `fresh` in the place of what the key has, if the flags allow it. */
function* replace(
  b: bucket,
  key: unknown,
  fresh: bpf_map_value,
  flags: number,
  unlinked: Unlinked,
): KernelPath<number> {
  const there = yield* access('lookup_elem_raw', b.head, (m) => find(m.load(b.head, Order.Once), key))
  const refused = check_flags(there, flags)
  if (refused !== 0) return refused
  yield* hlist_nulls_replace(b, key, fresh, there)
  unlinked.value = there
  return 0
}

/** Takes the first that matches off; -ENOENT if none does. */
function* take(
  b: bucket,
  match: (value: bpf_map_value, key: unknown) => boolean,
  unlinked: Unlinked,
): KernelPath<number> {
  unlinked.value = yield* unlink(b, match)
  return unlinked.value === null ? -ENOENT : 0
}
