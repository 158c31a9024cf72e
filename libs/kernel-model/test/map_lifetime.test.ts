import { expect, test } from 'vitest'
import {
  __bpf_map_inc_not_zero,
  bpf_map_inc_with_uref,
  bpf_map_put,
  bpf_map_put_with_uref,
} from '../src/bpf/map.ts'
import { bpf_map_delete_elem, bpf_map_update_elem, create_map } from '../src/bpf/map_elem.ts'
import { WRITE_ONCE } from '../src/linux/barrier.ts'
import { ENOENT } from '../src/linux/errno.ts'
import { type KernelPath, Level } from '../src/machine/index.ts'
import { BpfBench, countingRecord, timesFreed } from './bpf_bench.ts'
import { boot, HASHES, TYPES } from './map_bench.ts'

test('trap 8: the release of the last fd and a delete free one field at the same time', () => {
  const { bench, map } = boot('hash', ['a'], 1)
  const deleter = bench.task(bench.cpu(), () => bpf_map_delete_elem(map, 'a'))
  const closer = bench.task(bench.cpu(), function* () {
    yield* bpf_map_inc_with_uref(map)
    yield* bpf_map_put_with_uref(map)
    yield* bpf_map_put_with_uref(map)
  })
  bench.stepTo(deleter, 'hlist_nulls_del_rcu')
  bench.stepTo(closer, 'hlist_nulls_first')
  bench.step(closer)
  bench.stepTo(deleter, 'atomic_add')
  bench.finish(closer)
  bench.finish(deleter)
  expect(timesFreed(map.slots[0]!)).toBe(2)
})

test('trap 9: usercnt can rise again from zero, and map_release_uref runs once more', () => {
  for (const type of TYPES) {
    const { bench, map, call } = boot(type, [0], 1)
    call(function* () {
      map.refcnt.value++
      yield* bpf_map_put_with_uref(map)
      expect(map.usercnt.peek()).toBe(0)
      expect(yield* __bpf_map_inc_not_zero(map, true)).toBe(0)
      expect(map.usercnt.peek()).toBe(1)
      yield* bpf_map_put_with_uref(map)
    })
    expect(timesFreed(map.slots[0]!)).toBe(2)
    expect(bench.live()).toEqual(['map'])
  }
})

test('a map whose references are gone cannot be opened by id', () => {
  const { map, call } = boot('array')
  call(() => bpf_map_put(map))
  expect(call(() => __bpf_map_inc_not_zero(map, true))).toBe(-ENOENT)
})

test('the release of the last fd frees no field of a kind that may stay', () => {
  const bench = new BpfBench()
  const map = create_map('map', 'array', { entries: 1, record: countingRecord(false) })
  map.refcnt.value++
  bench.task(bench.cpu(), () => bpf_map_put_with_uref(map))
  bench.run()
  expect(timesFreed(map.slots[0]!)).toBe(0)
})

test('the last put of a map frees all fields in a worker and then the memory', () => {
  for (const type of TYPES) {
    const { bench, map } = boot(type, [0, 1], 2)
    const value = map.slots[0]!
    bench.task(bench.cpu(), () => bpf_map_put_with_uref(map))
    bench.run()
    expect(map.slots.map(timesFreed)).toEqual([2, 2])
    expect(map.slots.map((v) => v.holdsKey())).toEqual([false, false])
    expect(bench.live()).toEqual([])
    const late = bench.task(bench.cpu(), () => WRITE_ONCE(value.data, 1))
    bench.finishOrHalt(late)
    expect(bench.titles()).toEqual(['use-after-free: use after free of map.value.data'])
  }
})

test('the last put of a map in NMI is a context violation', () => {
  const { bench, map } = boot('array')
  bench.handler(bench.cpu(), Level.Nmi, () => bpf_map_put(map))
  bench.run()
  expect(bench.machine.findings.map((f) => f.kind)).toEqual(['context-violation'])
})

test('trap 6: what a stale holder arms in a free slot, the free of a no-prealloc hash does not see; a preallocated one does', () => {
  for (const type of HASHES) {
    const { bench, map } = boot(type, ['a'], 1)
    const value = map.slots[0]!
    bench.task(bench.cpu(), function* () {
      yield* bpf_map_delete_elem(map, 'a')
      yield* bpf_map_put_with_uref(map)
    })
    bench.run()
    expect(timesFreed(value)).toBe(type === 'hash' ? 1 : 3)
  }
})

test('whatever the schedule, each slot is freed as often as it was given to a key, and the map is freed', () => {
  for (const type of HASHES) {
    for (let seed = 0; seed < 150; seed++) {
      const { bench, map } = boot(type, ['a'], 2)
      const cpu = bench.cpu()
      const update =
        (key: string): (() => KernelPath<number>) =>
        () =>
          bpf_map_update_elem(map, key, 1)
      bench.task(cpu, update('a'))
      bench.handler(cpu, Level.Hardirq, () => bpf_map_delete_elem(map, 'a'))
      if (type === 'hash') bench.handler(cpu, Level.Nmi, update('b'))
      bench.task(bench.cpu(), update('c'))
      bench.machine.atQuiescence(() => {
        bench.task(bench.cpu(), () => bpf_map_put(map))
      })
      bench.runRandomly(seed)
      expect(bench.titles()).toEqual([])
      expect(bench.live()).toEqual([])
      if (type !== 'hash') continue
      for (const value of map.slots) expect(value.generation.peek()).toBe(2 * timesFreed(value))
    }
  }
})
