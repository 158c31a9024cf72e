import { expect, test } from 'vitest'
import { plain_read, plain_write, READ_ONCE, WRITE_ONCE } from '../src/linux/barrier.ts'
import { local_irq_restore, local_irq_save } from '../src/linux/preempt.ts'
import { call_rcu, rcu_head, rcu_read_lock, rcu_read_unlock } from '../src/linux/rcupdate.ts'
import { alloc_object, free_object } from '../src/linux/slab.ts'
import { Cell, type KernelPath, Level } from '../src/machine/index.ts'
import { everySchedule } from './schedules.ts'
import { Bench } from './rcu_bench.ts'

test('memory that is freed by a callback is never touched by a reader that found it, in any schedule', () => {
  const seen = new Set<string>()
  everySchedule((drive) => {
    const bench = new Bench(drive)
    const object = alloc_object('item')
    const data = new Cell('data', 0, object)
    const pointer = new Cell<Cell<number> | null>('pointer', data)
    bench.task(function* () {
      yield* rcu_read_lock()
      const found = yield* READ_ONCE(pointer)
      if (found !== null) yield* plain_read(found)
      yield* rcu_read_unlock()
      bench.log.push(found === null ? 'null' : 'found')
    })
    bench.task(function* () {
      yield* WRITE_ONCE(pointer, null)
      yield* call_rcu(new rcu_head('rcu', null), () => free_object(object))
    })
    return () => {
      expect(drive.titles()).toEqual([])
      seen.add(bench.log.join())
    }
  })
  expect([...seen].sort()).toEqual(['found', 'null'])
})

test('without the section the same reader meets freed memory in some schedule', () => {
  const seen = new Set<string>()
  everySchedule((drive) => {
    const object = alloc_object('item')
    const data = new Cell('data', 0, object)
    drive.task(drive.cpu(), function* () {
      yield* plain_read(data)
    })
    drive.task(drive.cpu(), () => call_rcu(new rcu_head('rcu', null), () => free_object(object)))
    return () => seen.add(drive.titles().join())
  })
  expect([...seen].sort()).toEqual(['', 'use-after-free: use after free of item.data'])
})

test('what a reader did plainly comes before the callback that waited for it: no data race', () => {
  const readers: ((body: () => KernelPath<unknown>) => KernelPath)[] = [
    function* (body) {
      yield* rcu_read_lock()
      yield* body()
      yield* rcu_read_unlock()
    },
    function* (body) {
      const flags = yield* local_irq_save()
      yield* body()
      yield* local_irq_restore(flags)
    },
  ]
  for (const section of readers) {
    const bench = new Bench()
    const data = new Cell('data', 0)
    const reader = bench.task(() => section(() => plain_read(data)))
    bench.drive.step(reader)
    bench.drive.finish(bench.task(() => call_rcu(new rcu_head('rcu', null), () => plain_write(data, 1))))
    bench.drive.run()
    expect(bench.drive.titles()).toEqual([])
  }
})

test('what a handler did plainly comes before the callback of a later grace period', () => {
  const bench = new Bench()
  const data = new Cell('data', 0)
  bench.drive.finish(bench.drive.handler(bench.drive.cpu(), Level.Nmi, () => plain_write(data, 1)))
  bench.task(() => call_rcu(new rcu_head('rcu', null), () => plain_write(data, 2)))
  bench.drive.run()
  expect(bench.drive.titles()).toEqual([])
})

test('a plain access after the section races with the callback', () => {
  const bench = new Bench()
  const data = new Cell('data', 0)
  bench.task(function* () {
    yield* rcu_read_lock()
    yield* rcu_read_unlock()
    yield* plain_write(data, 1)
  })
  bench.task(() => call_rcu(new rcu_head('rcu', null), () => plain_write(data, 2)))
  bench.drive.run()
  expect(bench.drive.titles()).toEqual([
    'data-race: data race on data: plain write in task against plain write in task',
  ])
})

test('an rcu_head that is queued twice is a double free', () => {
  const bench = new Bench()
  const head = new rcu_head('rcu', null, alloc_object('item#4'))
  const callback = (): KernelPath => bench.note('callback')
  const task = bench.task(function* () {
    yield* call_rcu(head, callback)
    yield* call_rcu(head, callback)
  })
  bench.drive.step(task)
  bench.drive.step(task)
  expect(bench.drive.titles()).toEqual(['double-free: rcu_head queued twice: item.rcu (call_rcu)'])
})

test('an rcu_head in memory that is freed before the grace period ends is a use after free', () => {
  const bench = new Bench()
  const object = alloc_object('item')
  const head = new rcu_head('rcu', null, object)
  const task = bench.task(function* () {
    yield* call_rcu(head, () => bench.note('callback'))
    yield* free_object(object)
  })
  bench.drive.finish(task)
  bench.drive.run()
  expect(bench.drive.titles()).toEqual(['use-after-free: use after free of item.rcu'])
})
