/**
 * Maps: values with a special field, and the two reference counts. Follows struct bpf_map, bpf_map_put() and
 * bpf_map_put_uref() of include/linux/bpf.h and kernel/bpf/syscall.c (6.18).
 *
 * Departures:
 * 1. Only maps that wait for no grace period when refcnt falls to zero: inner maps are absent.
 * 2. Map ids are absent: whoever has the struct may try __bpf_map_inc_not_zero(), as a process with the id
 *    may.
 */
import {
  access,
  type Allocated,
  Cell,
  type KernelPath,
  type MemoryObject,
  ReferenceCount,
} from '../machine/index.ts'
import { atomic_dec_and_test, atomic_inc, atomic_inc_not_zero } from '../linux/atomic.ts'
import { ENOENT } from '../linux/errno.ts'
import { alloc_object, end_life } from '../linux/slab.ts'
import { schedule_work, work_struct } from '../linux/workqueue.ts'
import { freeSlot } from './slot.ts'

/** Flags of an update. */
export const BPF_ANY = 0
/** Only a key that is not there. */
export const BPF_NOEXIST = 1
/** Only a key that is there. */
export const BPF_EXIST = 2
/** In place, under the element's bpf_spin_lock. */
export const BPF_F_LOCK = 4

/**
 * `array`; `hash` = BPF_MAP_TYPE_HASH with BPF_F_NO_PREALLOC; `lru_hash` = BPF_MAP_TYPE_LRU_HASH,
 * preallocated.
 */
export type MapType = 'array' | 'hash' | 'lru_hash'

/** What BTF says of a value: its one special field, which belongs to a design. */
export interface btf_record {
  /** The zeroed field of a new slot. Not called again when the slot gets another key. */
  init_field(value: bpf_map_value): unknown
  /** bpf_obj_free_fields(): the design's cancel_and_free; null = nothing is called. Any context. */
  obj_free_field: ((value: bpf_map_value) => KernelPath) | null
  /** Is it also called by map_release_uref, when the last fd is closed? */
  release_uref: boolean
}

/**
 * One slot. Its memory is type-stable: a pointer to it stays good for as long as the map lives, whatever key
 * the slot has by then.
 */
export class bpf_map_value {
  readonly map: bpf_map
  /** Which piece of memory; the key may change. */
  readonly slot: number
  readonly name: string
  /** What the program stores; accesses are marked, as bpf_long_memcpy() uses data_race(). */
  readonly data: Cell<number>
  /**
   * Ghost. Counts up when the slot is given to a key and when it is freed (last with the map): odd = it has a
   * key.
   */
  readonly generation: Cell<number>
  /**
   * Null while the slot is free (departure: the kernel leaves the former key's bytes; only a stale reader
   * sees them).
   */
  readonly key: Cell
  /** The special field: what record.init_field gave; null without one. */
  readonly field: unknown

  constructor(map: bpf_map, slot: number, key: unknown) {
    this.map = map
    this.slot = slot
    this.name = `${map.name} value#${slot}`
    const label = `value#${slot}`
    this.data = new Cell<number>(`${label}.data`, 0, map.object)
    this.generation = new Cell<number>(`${map.name}.${label} generation`, key === null ? 0 : 1)
    this.key = new Cell(`${label}.key`, key, map.object)
    this.field = map.record?.init_field(this) ?? null
  }

  /** For oracles: has the slot a key? */
  holdsKey(): boolean {
    return (this.generation.peek() & 1) === 1
  }
}

/** `struct bpf_map_ops`. Errors are negative. */
export interface bpf_map_ops {
  map_lookup_elem(key: unknown): KernelPath<bpf_map_value | null>
  map_update_elem(key: unknown, data: number, flags: number): KernelPath<number>
  map_delete_elem(key: unknown): KernelPath<number>
  /**
   * Frees the fields of all elements, in the closing task; programs may run and fields may be armed again.
   */
  map_release_uref(): KernelPath
  /** Frees the fields of all elements, in a worker; no program uses the map any more. */
  map_free(): KernelPath
}

/** What create_map() takes. */
export interface MapOptions {
  /** max_entries */
  readonly entries: number
  readonly record?: btf_record | null
  /** Keys that are there from boot on, with data 0. In an array: the names of its indices. */
  readonly keys?: readonly unknown[]
  /** Buckets of a hash; absent: one for each entry. */
  readonly buckets?: number
}

/** `struct bpf_map`. */
export abstract class bpf_map implements Allocated, bpf_map_ops {
  readonly name: string
  readonly type: MapType
  readonly object: MemoryObject
  /** All references: fds, programs. */
  readonly refcnt: ReferenceCount
  /** Those of user space: fds. Can rise from zero again. */
  readonly usercnt: ReferenceCount
  readonly record: btf_record | null
  readonly max_entries: number
  /** Every slot that exists, for oracles. */
  readonly slots: bpf_map_value[] = []
  readonly work: work_struct

  constructor(name: string, type: MapType, options: MapOptions) {
    this.name = name
    this.type = type
    this.object = alloc_object(name)
    this.refcnt = new ReferenceCount('refcnt', 1, this.object)
    this.usercnt = new ReferenceCount('usercnt', 1, this.object)
    this.record = options.record ?? null
    this.max_entries = options.entries
    this.work = new work_struct('work', () => bpf_map_free_deferred(this), this.object)
  }

  abstract map_lookup_elem(key: unknown): KernelPath<bpf_map_value | null>
  abstract map_update_elem(key: unknown, data: number, flags: number): KernelPath<number>
  abstract map_delete_elem(key: unknown): KernelPath<number>
  abstract map_release_uref(): KernelPath
  abstract map_free(): KernelPath

  /** A new slot, at boot or in the step that takes its memory from the allocator. */
  addSlot(key: unknown): bpf_map_value {
    const value = new bpf_map_value(this, this.slots.length, key)
    this.slots.push(value)
    return value
  }
}

/** Frees the special field of `value`. */
export function* bpf_obj_free_fields(value: bpf_map_value): KernelPath {
  const free = value.map.record?.obj_free_field ?? null
  if (free !== null) yield* free(value)
}

/** As bpf_obj_free_fields(), for the kinds of field that do not outlive the last fd. */
export function* bpf_map_free_internal_structs(value: bpf_map_value): KernelPath {
  if (value.map.record?.release_uref === true) yield* bpf_obj_free_fields(value)
}

export function* bpf_map_inc(map: bpf_map): KernelPath {
  yield* atomic_inc(map.refcnt)
}

export function* bpf_map_inc_with_uref(map: bpf_map): KernelPath {
  yield* atomic_inc(map.refcnt)
  yield* atomic_inc(map.usercnt)
}

/** What opening a map by its id does: 0, or -ENOENT if refcnt is zero. usercnt may rise from zero again. */
export function* __bpf_map_inc_not_zero(map: bpf_map, uref: boolean): KernelPath<number> {
  if (!(yield* atomic_inc_not_zero(map.refcnt))) return -ENOENT
  if (uref) yield* atomic_inc(map.usercnt)
  return 0
}

/** Drops a reference; the last one frees the map from a worker. Not NMI, if it is the last. */
export function* bpf_map_put(map: bpf_map): KernelPath {
  if (yield* atomic_dec_and_test(map.refcnt)) yield* schedule_work(map.work)
}

/** Drops the reference of an fd: the last one frees all fields first, in the caller's context (a task). */
export function* bpf_map_put_with_uref(map: bpf_map): KernelPath {
  if (yield* atomic_dec_and_test(map.usercnt)) yield* map.map_release_uref()
  yield* bpf_map_put(map)
}

function* bpf_map_free_deferred(map: bpf_map): KernelPath {
  yield* map.map_free()
  yield* access('kfree', map.object.life, (m) => {
    for (const value of map.slots) if (value.holdsKey()) freeSlot(m, value)
    end_life(m, map.object)
  })
}
