/** What the tests of the maps share: a machine with one map, on which paths run. */
import type { bpf_map, MapType } from '../src/bpf/map.ts'
import { create_map } from '../src/bpf/map_elem.ts'
import type { KernelPath } from '../src/machine/index.ts'
import { BpfBench, countingRecord } from './bpf_bench.ts'

export const TYPES: MapType[] = ['array', 'hash', 'lru_hash']
export const HASHES: MapType[] = ['hash', 'lru_hash']

interface Booted {
  readonly bench: BpfBench
  readonly map: bpf_map
  /** Runs a path on a CPU of its own and gives what it returned. */
  readonly call: <T>(path: () => KernelPath<T>) => T
}

export function boot(type: MapType, keys: readonly unknown[] = [0], entries = 2): Booted {
  const bench = new BpfBench()
  const map = create_map('map', type, { entries, keys, record: countingRecord() })
  const call = <T>(path: () => KernelPath<T>): T => {
    let result: T | undefined
    const frame = bench.task(bench.cpu(), function* () {
      result = yield* path()
    })
    bench.finish(frame)
    return result as T
  }
  return { bench, map, call }
}
