import { expect, test } from 'vitest'
import { plain_write } from '../src/linux/barrier.ts'
import { preempt_disable } from '../src/linux/preempt.ts'
import { alloc_object, free_object } from '../src/linux/slab.ts'
import { cancel_work_sync, flush_work, schedule_work, work_struct } from '../src/linux/workqueue.ts'
import { Cell } from '../src/machine/index.ts'
import { everySchedule } from './schedules.ts'
import { Bench } from './workqueue_bench.ts'

test('cancel_work_sync takes a queued work off: it does not run', () => {
  const bench = new Bench()
  const work = bench.work()
  const got: boolean[] = []
  const task = bench.task(function* () {
    yield* schedule_work(work)
    got.push(yield* cancel_work_sync(work), yield* cancel_work_sync(work))
  })
  bench.drive.finish(task)
  bench.drive.run()
  expect(got).toEqual([true, false])
  expect(bench.log).toEqual([])
  expect(bench.drive.titles()).toEqual([])
})

test('after cancel_work_sync the work is not running and its memory may go, in any schedule', () => {
  everySchedule((drive) => {
    const bench = new Bench(drive)
    const object = alloc_object('item')
    const word = new Cell('data', 0, object)
    const work = new work_struct('work', () => plain_write(word, 1), object)
    bench.task(function* () {
      yield* schedule_work(work)
      yield* cancel_work_sync(work)
      yield* plain_write(word, 2)
      yield* free_object(object)
    })
    return () => expect(drive.titles()).toEqual([])
  })
})

test('cancel_work_sync waits for a run in progress, and refuses queueing meanwhile', () => {
  const bench = new Bench()
  const requeued: boolean[] = []
  const work: work_struct = new work_struct('work', function* () {
    yield* bench.note('enter')
    requeued.push(yield* schedule_work(work))
  })
  const task = bench.task(function* () {
    yield* schedule_work(work)
    yield* cancel_work_sync(work)
    yield* bench.note('cancelled')
    requeued.push(yield* schedule_work(work))
  })
  bench.drive.step(task)
  const worker = bench.worker()
  bench.drive.step(worker)
  bench.drive.step(task)
  expect(bench.drive.enabled()).toEqual([worker])
  bench.drive.finish(worker)
  bench.drive.finish(task)
  expect(bench.log).toEqual(['enter', 'cancelled'])
  expect(requeued).toEqual([false, true])
})

test('cancel_work_sync without stopping the producers is no barrier: the work runs after it in some schedule', () => {
  const logs = new Set<string>()
  everySchedule((drive) => {
    const bench = new Bench(drive)
    const work = bench.work()
    bench.task(() => schedule_work(work))
    bench.task(function* () {
      yield* cancel_work_sync(work)
      yield* bench.note('cancelled')
    })
    return () => logs.add(bench.log.join())
  })
  expect([...logs].sort()).toEqual(['cancelled', 'cancelled,work', 'work,cancelled'])
})

test('flush_work waits for what is queued or runs, returns false where nothing is, and stops no producer', () => {
  const bench = new Bench()
  const work = bench.work()
  const got: boolean[] = []
  const task = bench.task(function* () {
    yield* schedule_work(work)
    got.push(yield* flush_work(work))
    yield* bench.note('flushed')
    got.push(yield* flush_work(work))
    yield* schedule_work(work)
  })
  bench.drive.step(task)
  const worker = bench.worker()
  bench.drive.step(task)
  expect(bench.drive.enabled()).toEqual([worker])
  bench.drive.finish(worker)
  bench.drive.finish(task)
  bench.drive.run()
  expect(got).toEqual([true, false])
  expect(bench.log).toEqual(['work', 'flushed', 'work'])
})

test('flush_work does not wait for a queueing that came after it', () => {
  const bench = new Bench()
  const work = bench.work()
  const flush = bench.task(function* () {
    yield* schedule_work(work)
    yield* flush_work(work)
  })
  bench.drive.step(flush)
  bench.drive.step(flush)
  const worker = bench.worker()
  bench.drive.step(worker)
  bench.drive.finish(bench.task(() => schedule_work(work)))
  bench.drive.finish(worker)
  expect(bench.drive.enabled()).toContain(flush)
})

test('cancel_work_sync and flush_work from the work itself are self-deadlocks', () => {
  for (const sync of [cancel_work_sync, flush_work]) {
    const bench = new Bench()
    const work: work_struct = new work_struct('work', function* () {
      yield* sync(work)
    })
    bench.task(() => schedule_work(work))
    bench.drive.run()
    expect(bench.drive.titles()).toEqual([
      'self-deadlock: self-deadlock (cycle): task on CPU of task0/kworker waits for work current_work',
    ])
  }
})

test('cancel_work_sync and flush_work are context violations where sleeping is', () => {
  const bench = new Bench()
  bench.task(function* () {
    yield* preempt_disable()
    yield* cancel_work_sync(bench.work())
    yield* flush_work(bench.work())
  })
  bench.drive.run()
  expect(bench.drive.titles()).toEqual([
    'context-violation: cancel_work_sync() may sleep, but is called in atomic context',
    'context-violation: flush_work() may sleep, but is called in atomic context',
  ])
})
