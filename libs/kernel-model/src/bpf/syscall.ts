/**
 * Map operations as bpf(2) does them. Follows map_update_elem() and map_delete_elem() of kernel/bpf/syscall.c
 * (6.18): while they run, perf_event and kprobe programs are suppressed on the CPU.
 */
import type { KernelPath } from '../machine/index.ts'
import { rcu_read_lock, rcu_read_unlock } from '../linux/rcupdate.ts'
import { bpf_disable_instrumentation, bpf_enable_instrumentation } from './hook.ts'
import { BPF_ANY, type bpf_map } from './map.ts'
import { bpf_map_delete_elem, bpf_map_update_elem } from './map_elem.ts'

/** BPF_MAP_UPDATE_ELEM; errors as bpf_map_update_elem(). Task context. */
export function* map_update_elem(
  map: bpf_map,
  key: unknown,
  data: number,
  flags: number = BPF_ANY,
): KernelPath<number> {
  return yield* instrumentationOff(() => bpf_map_update_elem(map, key, data, flags))
}

/** BPF_MAP_DELETE_ELEM; errors as bpf_map_delete_elem(). Task context. */
export function* map_delete_elem(map: bpf_map, key: unknown): KernelPath<number> {
  return yield* instrumentationOff(() => bpf_map_delete_elem(map, key))
}

function* instrumentationOff(body: () => KernelPath<number>): KernelPath<number> {
  yield* bpf_disable_instrumentation()
  yield* rcu_read_lock()
  const err = yield* body()
  yield* rcu_read_unlock()
  yield* bpf_enable_instrumentation()
  return err
}
