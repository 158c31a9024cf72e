/**
 * Array maps. Follows array_map_update_elem(), array_map_free_internal_structs() and array_map_free() of
 * kernel/bpf/arraymap.c (6.18).
 *
 * Departures:
 * 1. A value is one word: an update is not torn. Hides torn reads, which a BPF program must expect anyway.
 *    For the same reason BPF_F_LOCK changes nothing.
 */
import type { KernelPath } from '../machine/index.ts'
import { E2BIG, EEXIST, EINVAL } from '../linux/errno.ts'
import { BPF_EXIST, BPF_F_LOCK, bpf_map, bpf_map_free_internal_structs, type bpf_map_value } from './map.ts'
import { BPF_NOEXIST, bpf_obj_free_fields, type MapOptions } from './map.ts'
import { copy_map_value } from './slot.ts'

/** `struct bpf_array`: all elements are there from the start, and never leave. */
export class bpf_array extends bpf_map {
  constructor(name: string, options: MapOptions) {
    super(name, 'array', options)
    for (let index = 0; index < options.entries; index++) this.addSlot(options.keys?.[index] ?? index)
  }

  private elem(key: unknown): bpf_map_value | null {
    return this.slots.find((value) => value.key.peek() === key) ?? null
  }

  /** Pure arithmetic: no access to shared state. Null: the index is too big. */
  *map_lookup_elem(key: unknown): KernelPath<bpf_map_value | null> {
    return this.elem(key)
  }

  /** In place, and only then the field is freed, while programs and the field's work go on. No lock. */
  *map_update_elem(key: unknown, data: number, flags: number): KernelPath<number> {
    if ((flags & ~BPF_F_LOCK) > BPF_EXIST) return -EINVAL
    const value = this.elem(key)
    if (value === null) return -E2BIG
    if ((flags & BPF_NOEXIST) !== 0) return -EEXIST
    yield* copy_map_value(value, data)
    yield* bpf_obj_free_fields(value)
    return 0
  }

  *map_delete_elem(_key: unknown): KernelPath<number> {
    return -EINVAL
  }

  *map_release_uref(): KernelPath {
    for (const value of this.slots) yield* bpf_map_free_internal_structs(value)
  }

  *map_free(): KernelPath {
    for (const value of this.slots) yield* bpf_obj_free_fields(value)
  }
}
