/**
 * What a program calls on a map, and how a map comes to be. Follows the helpers of kernel/bpf/helpers.c
 * (6.18).
 */
import type { KernelPath } from '../machine/index.ts'
import { READ_ONCE } from '../linux/barrier.ts'
import { bpf_array } from './arraymap.ts'
import { bpf_htab } from './hashtab.ts'
import { bpf_lru_htab } from './lru_hashtab.ts'
import { BPF_ANY, type bpf_map, type bpf_map_value, type MapOptions, type MapType } from './map.ts'

/** A map, while the machine boots: one reference, that of the fd of the process that made it. */
export function create_map(name: string, type: MapType, options: MapOptions): bpf_map {
  if (type === 'array') return new bpf_array(name, options)
  return type === 'hash' ? new bpf_htab(name, options) : new bpf_lru_htab(name, options)
}

/** The value of `key`, or null. The pointer may be stale a moment later. */
export function* bpf_map_lookup_elem(map: bpf_map, key: unknown): KernelPath<bpf_map_value | null> {
  return yield* map.map_lookup_elem(key)
}

/**
 * Array: in place. Hash: in another slot. Any context. Errors: -EINVAL, -E2BIG, -EEXIST, -ENOENT, -ENOMEM,
 * and the bucket lock's -EDEADLK, -ETIMEDOUT.
 */
export function* bpf_map_update_elem(
  map: bpf_map,
  key: unknown,
  data: number,
  flags: number = BPF_ANY,
): KernelPath<number> {
  return yield* map.map_update_elem(key, data, flags)
}

/** Errors: -EINVAL (array), -ENOENT, and the bucket lock's -EDEADLK, -ETIMEDOUT. Any context. */
export function* bpf_map_delete_elem(map: bpf_map, key: unknown): KernelPath<number> {
  return yield* map.map_delete_elem(key)
}

/**
 * The key of a value, as the kernel computes it from the pointer: of a stale pointer, the slot's present key.
 */
export function* map_key_from_value(map: bpf_map, value: bpf_map_value): KernelPath<unknown> {
  if (map.type === 'array') return value.key.peek()
  return yield* READ_ONCE(value.key)
}
