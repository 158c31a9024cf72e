import { expect, test } from 'vitest'
import {
  alloc_object,
  free_object,
  kfree,
  kfree_nolock,
  kfree_rcu,
  kmalloc_nolock,
} from '../src/linux/slab.ts'
import { kzalloc, live_objects } from '../src/linux/slab.ts'
import { rcu_head } from '../src/linux/rcupdate.ts'
import { READ_ONCE } from '../src/linux/barrier.ts'
import { Cell, Level, type MemoryObject } from '../src/machine/index.ts'
import { BpfBench } from './bpf_bench.ts'

test('what was allocated and not freed is listed, in the order of its allocation', () => {
  const bench = new BpfBench()
  const first = alloc_object('first')
  const second = alloc_object('second')
  alloc_object('static', false)
  expect(live_objects()).toEqual([first, second])
  bench.finish(bench.task(bench.cpu(), () => free_object(first)))
  expect(live_objects()).toEqual([second])
})

test('a second free is a double-free and names the step of the first', () => {
  const bench = new BpfBench()
  const object = alloc_object('buffer#3')
  const twice = bench.task(bench.cpu(), function* () {
    yield* free_object(object)
    yield* free_object(object)
  })
  bench.finishOrHalt(twice)
  expect(bench.titles()).toEqual(['double-free: double free of buffer'])
  expect(bench.machine.findings[0]!.involved).toEqual([0, 1])
})

test('a read after the free is a use-after-free', () => {
  const bench = new BpfBench()
  const object = alloc_object('buffer')
  const word = new Cell('word', 0, object)
  const task = bench.task(bench.cpu(), function* () {
    yield* free_object(object)
    yield* READ_ONCE(word)
  })
  bench.finishOrHalt(task)
  expect(bench.titles()).toEqual(['use-after-free: use after free of buffer.word'])
})

test('an allocation gives null in one of its two outcomes, and nothing is allocated then', () => {
  const make = (object: MemoryObject): { object: MemoryObject } => ({ object })
  for (const alloc of [kzalloc<{ object: MemoryObject }>, kmalloc_nolock<{ object: MemoryObject }>]) {
    for (const outcome of [0, 1]) {
      const bench = new BpfBench()
      let got: unknown
      const task = bench.task(bench.cpu(), function* () {
        got = yield* alloc('ctx', make)
      })
      bench.step(task, outcome)
      expect(got === null).toBe(outcome === 1)
      expect(bench.live()).toEqual(outcome === 0 ? ['ctx'] : [])
    }
  }
})

test('what was given to kfree_rcu lives until a reader has ended', () => {
  const bench = new BpfBench()
  const object = alloc_object('ctx')
  const word = new Cell('word', 0, object)
  const head = new rcu_head('rcu', null, object)
  const reader = bench.handler(bench.cpu(), Level.Nmi, () => READ_ONCE(word))
  bench.step(reader)
  const freer = bench.task(bench.cpu(), () => kfree_rcu({ object }, head))
  bench.finish(freer)
  expect(bench.enabled()).toEqual([reader])
  bench.run()
  expect(bench.live()).toEqual([])
  expect(bench.titles()).toEqual([])
})

test('kzalloc and kfree in NMI are context violations, the _nolock forms are not', () => {
  const bench = new BpfBench()
  const item = { object: alloc_object('buffer') }
  const make = (object: MemoryObject): { object: MemoryObject } => ({ object })
  bench.handler(bench.cpu(), Level.Nmi, function* () {
    const other = yield* kmalloc_nolock('other', make)
    yield* kfree_nolock(other!)
    expect(bench.titles()).toEqual([])
    yield* kzalloc('third', make)
    yield* kfree(item)
  })
  bench.run()
  expect(bench.titles()).toEqual([
    'context-violation: kzalloc() is called in NMI',
    'context-violation: kfree() is called in NMI',
  ])
})
