/** What happens to a slot: it is given to a key, filled, and freed. */
import { access, type KernelPath, type Machine, Order } from '../machine/index.ts'
import type { bpf_map_value } from './map.ts'

/**
 * The key is copied into the element, before it is linked: whoever holds a stale pointer now holds another
 * key's value.
 */
export function* giveKey(value: bpf_map_value, key: unknown): KernelPath {
  yield* access('memcpy(l_new->key)', value.key, (m) => {
    m.store(value.key, key, Order.Once)
    countUp(m, value)
  })
}

/** The program's data, without the special field. Marked: bpf_long_memcpy() uses data_race(). */
export function* copy_map_value(value: bpf_map_value, data: number): KernelPath {
  yield* access('copy_map_value', value.data, (m) => m.store(value.data, data, Order.Once))
}

/** Within the step that puts the slot back on a free list, or frees the map. The slot must have a key. */
export function freeSlot(m: Machine, value: bpf_map_value): void {
  m.store(value.key, null, Order.Once)
  countUp(m, value)
}

function countUp(m: Machine, value: bpf_map_value): void {
  m.store(value.generation, m.load(value.generation, Order.Once) + 1, Order.Once, true)
}
