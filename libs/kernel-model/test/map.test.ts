import { expect, test } from 'vitest'
import { BPF_EXIST, BPF_F_LOCK, BPF_NOEXIST, type bpf_map_value } from '../src/bpf/map.ts'
import {
  bpf_map_delete_elem,
  bpf_map_lookup_elem,
  bpf_map_update_elem,
  map_key_from_value,
} from '../src/bpf/map_elem.ts'
import type { bpf_lru_htab } from '../src/bpf/lru_hashtab.ts'
import { atomic_inc } from '../src/linux/atomic.ts'
import { READ_ONCE, WRITE_ONCE } from '../src/linux/barrier.ts'
import { E2BIG, EDEADLK, EEXIST, EINVAL, ENOENT, ENOMEM } from '../src/linux/errno.ts'
import { Level } from '../src/machine/index.ts'
import { CountedField, timesFreed } from './bpf_bench.ts'
import { boot, HASHES, TYPES } from './map_bench.ts'

test('a lookup gives the value of a key that is there, and null for another', () => {
  for (const type of TYPES) {
    const { map, call } = boot(type, [0], 1)
    expect(call(() => bpf_map_lookup_elem(map, 0))).toBe(map.slots[0])
    expect(call(() => bpf_map_lookup_elem(map, 5))).toBeNull()
    expect(call(() => map_key_from_value(map, map.slots[0]!))).toBe(0)
  }
})

test('the flags of an update are obeyed', () => {
  for (const type of HASHES) {
    const { map, call } = boot(type)
    expect(call(() => bpf_map_update_elem(map, 0, 1, BPF_NOEXIST))).toBe(-EEXIST)
    expect(call(() => bpf_map_update_elem(map, 1, 1, BPF_EXIST))).toBe(-ENOENT)
    expect(call(() => bpf_map_update_elem(map, 1, 1, 3))).toBe(-EINVAL)
    expect(call(() => bpf_map_update_elem(map, 1, 1, BPF_NOEXIST))).toBe(0)
  }
  const { map, call } = boot('array', [], 1)
  expect(call(() => bpf_map_update_elem(map, 0, 1, BPF_NOEXIST))).toBe(-EEXIST)
  expect(call(() => bpf_map_update_elem(map, 1, 1))).toBe(-E2BIG)
  expect(call(() => bpf_map_delete_elem(map, 0))).toBe(-EINVAL)
  expect(timesFreed(map.slots[0]!)).toBe(0)
})

test('a full hash refuses a new key with -E2BIG, takes an update of an old one, and has room after a delete', () => {
  const { map, call } = boot('hash', ['a', 'b'], 2)
  expect(call(() => bpf_map_update_elem(map, 'c', 1))).toBe(-E2BIG)
  expect(call(() => bpf_map_update_elem(map, 'a', 1))).toBe(0)
  expect(call(() => bpf_map_delete_elem(map, 'c'))).toBe(-ENOENT)
  expect(call(() => bpf_map_delete_elem(map, 'a'))).toBe(0)
  expect(call(() => bpf_map_update_elem(map, 'c', 1))).toBe(0)
})

test('trap 7: an update of an existing key is in place in an array, and moves to another slot in a hash', () => {
  for (const type of TYPES) {
    const { map, call } = boot(type, [0], 2)
    const before = call(() => bpf_map_lookup_elem(map, 0))!
    expect(call(() => bpf_map_update_elem(map, 0, 7))).toBe(0)
    const after = call(() => bpf_map_lookup_elem(map, 0))!
    expect(after === before).toBe(type === 'array')
    expect(after.data.peek()).toBe(7)
    expect(before.data.peek()).toBe(type === 'array' ? 7 : 0)
    expect(timesFreed(before)).toBe(1)
    expect(before.generation.peek()).toBe(type === 'array' ? 1 : 2)
    expect(after.generation.peek()).toBe(1)
  }
})

test('trap 7: an array copies the new value before it frees the field, without a lock in between', () => {
  const { bench, map } = boot('array')
  const task = bench.task(bench.cpu(), () => bpf_map_update_elem(map, 0, 7))
  const ops: (string | null)[] = []
  for (; !bench.done(task); bench.step(task)) ops.push(bench.op(task))
  expect(ops).toEqual(['copy_map_value', 'atomic_add'])
})

test('trap 7: with BPF_F_LOCK a hash writes in place and frees nothing, an array frees', () => {
  for (const type of ['array', 'hash'] as const) {
    const { map, call } = boot(type)
    const value = map.slots[0]!
    expect(call(() => bpf_map_update_elem(map, 0, 7, BPF_F_LOCK))).toBe(0)
    expect(value.data.peek()).toBe(7)
    expect(value.generation.peek()).toBe(1)
    expect(timesFreed(value)).toBe(type === 'array' ? 1 : 0)
  }
  const { map, call } = boot('hash', [])
  expect(call(() => bpf_map_update_elem(map, 0, 7, BPF_F_LOCK | BPF_EXIST))).toBe(-ENOENT)
  expect(call(() => bpf_map_update_elem(map, 0, 7, BPF_F_LOCK))).toBe(0)
  expect(call(() => bpf_map_lookup_elem(map, 0))!.data.peek()).toBe(7)
})

test("trap 6: a stale value pointer can be used after the delete, and reaches the next key's value", () => {
  for (const type of HASHES) {
    const { bench, map } = boot(type, ['a'], 1)
    const seen: unknown[] = []
    bench.task(bench.cpu(), function* () {
      const value = (yield* bpf_map_lookup_elem(map, 'a'))!
      yield* bpf_map_delete_elem(map, 'a')
      seen.push(yield* READ_ONCE(value.generation), yield* map_key_from_value(map, value))
      yield* WRITE_ONCE(value.data, 3)
      yield* bpf_map_update_elem(map, 'b', 5)
      const next = (yield* bpf_map_lookup_elem(map, 'b'))!
      seen.push(next === value, yield* READ_ONCE(value.data), next.generation.peek())
    })
    bench.run()
    expect(seen).toEqual([2, null, true, 5, 3])
    expect(bench.titles()).toEqual([])
  }
})

test('trap 6: the next key inherits the field as the last holder left it: it is not initialised again', () => {
  for (const type of HASHES) {
    const { bench, map, call } = boot(type, ['a'], 1)
    const value = map.slots[0]!
    const stale = value.field as CountedField
    call(function* () {
      yield* bpf_map_delete_elem(map, 'a')
      yield* atomic_inc(stale.freed)
      yield* bpf_map_update_elem(map, 'b', 1)
    })
    expect(call(() => bpf_map_lookup_elem(map, 'b'))).toBe(value)
    expect(value.field).toBe(stale)
    expect(timesFreed(value)).toBe(2)
    expect(bench.titles()).toEqual([])
  }
})

test('the generation counts up after the field is freed: who runs before that is not late', () => {
  for (const type of HASHES) {
    const { bench, map } = boot(type)
    const value = map.slots[0]!
    const task = bench.task(bench.cpu(), () => bpf_map_delete_elem(map, 0))
    bench.stepTo(task, 'atomic_add')
    expect(value.generation.peek()).toBe(1)
    bench.step(task)
    expect([timesFreed(value), value.generation.peek()]).toEqual([1, 1])
    bench.finish(task)
    expect([value.generation.peek(), value.key.peek()]).toEqual([2, null])
  }
})

test("trap 8: a delete frees the field after the bucket's unlock", () => {
  for (const type of HASHES) {
    const { bench, map, call } = boot(type, ['a', 'b'], 2)
    const task = bench.task(bench.cpu(), () => bpf_map_delete_elem(map, 'a'))
    bench.stepTo(task, 'atomic_add')
    expect(call(() => bpf_map_delete_elem(map, 'b'))).toBe(0)
    bench.finish(task)
  }
})

test("trap 8: an eviction frees the victim's field in the evicting context, interrupts off, and reuses its slot at once", () => {
  const { bench, map } = boot('lru_hash', ['a', 'b'], 2)
  const victim = map.slots[0]!
  const cpu = bench.cpu()
  const task = bench.task(cpu, () => bpf_map_update_elem(map, 'c', 9))
  bench.stepTo(task, 'atomic_add')
  expect(cpu.irqsOff).toBe(true)
  expect((map as bpf_lru_htab).lru.lock.locked.peek()).toBe(true)
  bench.finish(task)
  expect(timesFreed(victim)).toBe(1)
  expect([victim.key.peek(), victim.data.peek(), victim.generation.peek()]).toEqual(['c', 9, 3])
  expect(map.slots[1]!.key.peek()).toBe('b')
})

test('updating an existing key of a full LRU map evicts the oldest key, which may be another or itself', () => {
  const other = boot('lru_hash', ['a', 'b'], 2)
  expect(other.call(() => bpf_map_update_elem(other.map, 'b', 1))).toBe(0)
  expect(other.call(() => bpf_map_lookup_elem(other.map, 'a'))).toBeNull()
  const itself = boot('lru_hash', ['a'], 1)
  expect(itself.call(() => bpf_map_update_elem(itself.map, 'a', 1))).toBe(0)
  const value = itself.call(() => bpf_map_lookup_elem(itself.map, 'a'))!
  expect([value.slot, timesFreed(value), value.generation.peek()]).toEqual([0, 1, 3])
})

test('trap 8: using the LRU lock in NMI is a context violation, as before 2026', () => {
  const { bench, map, call } = boot('lru_hash', ['a'], 1)
  call(() => bpf_map_update_elem(map, 'b', 1))
  bench.finish(bench.handler(bench.cpu(), Level.Nmi, () => bpf_map_update_elem(map, 'c', 1)))
  expect(bench.machine.findings.map((f) => f.kind)).toContain('context-violation')
})

test('trap 8: a delete in NMI frees the field in NMI', () => {
  const { bench, map } = boot('hash', ['a'], 1)
  bench.finish(bench.handler(bench.cpu(), Level.Nmi, () => bpf_map_delete_elem(map, 'a')))
  expect(timesFreed(map.slots[0]!)).toBe(1)
  expect(bench.titles()).toEqual([])
})

test("traps 14 and 23: an NMI that deletes while the interrupted code holds the bucket gets the lock's error, and nothing is freed", () => {
  const { bench, map } = boot('hash', ['a'], 1)
  const cpu = bench.cpu()
  let err = 0
  const task = bench.task(cpu, () => bpf_map_update_elem(map, 'a', 1))
  const nmi = bench.handler(cpu, Level.Nmi, function* () {
    err = yield* bpf_map_delete_elem(map, 'a')
  })
  bench.stepTo(task, 'hlist_nulls_add_head_rcu')
  bench.finish(nmi)
  expect(err).toBe(-EDEADLK)
  expect(timesFreed(map.slots[0]!)).toBe(0)
  bench.finish(task)
  expect(timesFreed(map.slots[0]!)).toBe(1)
})

test('trap 16: an update in an NMI that interrupted the allocation of an element gives -ENOMEM', () => {
  const { bench, map } = boot('hash', [], 2)
  const cpu = bench.cpu()
  let err = 0
  const task = bench.task(cpu, () => bpf_map_update_elem(map, 0, 1))
  const nmi = bench.handler(cpu, Level.Nmi, function* () {
    err = yield* bpf_map_update_elem(map, 1, 1)
  })
  bench.stepTo(task, 'local_dec')
  bench.finish(nmi)
  bench.finish(task)
  expect(err).toBe(-ENOMEM)
  expect(map.slots.filter((value: bpf_map_value) => value.holdsKey())).toHaveLength(1)
  const again = bench.task(cpu, () => bpf_map_update_elem(map, 1, 1, BPF_NOEXIST))
  bench.finish(again)
  expect(map.slots.filter((value) => value.holdsKey())).toHaveLength(2)
})
