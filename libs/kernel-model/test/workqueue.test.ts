import { expect, test } from 'vitest'
import { plain_read, plain_write, READ_ONCE, WRITE_ONCE } from '../src/linux/barrier.ts'
import { in_atomic, local_irq_restore, local_irq_save, preempt_disable } from '../src/linux/preempt.ts'
import { alloc_object, free_object } from '../src/linux/slab.ts'
import { raw_spin_lock_irqsave, raw_spin_unlock_irqrestore, raw_spinlock_t } from '../src/linux/spinlock.ts'
import { flush_work, INIT_WORK, schedule_work, work_struct } from '../src/linux/workqueue.ts'
import { Cell, type KernelPath, Level } from '../src/machine/index.ts'
import { everySchedule } from './schedules.ts'
import { Bench } from './workqueue_bench.ts'

test('a queued work runs once, in a task of its own that may sleep', () => {
  const bench = new Bench()
  let atomic: boolean | null = null
  const work = new work_struct('work', function* () {
    atomic = in_atomic()
    yield* bench.note('run')
  })
  bench.task(() => schedule_work(work))
  bench.drive.run()
  expect(bench.log).toEqual(['run'])
  expect(atomic).toBe(false)
})

test('a second schedule_work before the run returns false, and the work runs once', () => {
  const bench = new Bench()
  const work = bench.work()
  const got: boolean[] = []
  const task = bench.task(function* () {
    got.push(yield* schedule_work(work), yield* schedule_work(work))
  })
  bench.drive.finish(task)
  bench.drive.run()
  expect(got).toEqual([true, false])
  expect(bench.log).toEqual(['work'])
})

test('PENDING is cleared before func: queued while it runs, the work runs again', () => {
  const bench = new Bench()
  const work = bench.work()
  const task = bench.task(function* () {
    yield* schedule_work(work)
    yield* schedule_work(work)
  })
  bench.drive.step(task)
  bench.drive.step(bench.worker())
  expect(work.pending.peek()).toBe(false)
  bench.drive.run()
  expect(bench.log).toEqual(['work', 'work'])
})

test('a work may queue itself, and is never entered twice at a time', () => {
  const bench = new Bench()
  let runs = 0
  const work: work_struct = new work_struct('work', function* () {
    const again = ++runs < 3
    yield* bench.note('enter')
    if (again) yield* schedule_work(work)
    yield* bench.note('leave')
  })
  bench.task(() => schedule_work(work))
  bench.drive.run()
  expect(bench.log).toEqual(['enter', 'leave', 'enter', 'leave', 'enter', 'leave'])
})

test('a work that is queued twice never overlaps itself, in any schedule', () => {
  everySchedule((drive) => {
    const inside = new Cell('inside', 0)
    const work = new work_struct('work', function* () {
      yield* plain_write(inside, (yield* plain_read(inside)) + 1)
      yield* plain_write(inside, (yield* plain_read(inside)) - 1)
    })
    const body = (): KernelPath<boolean> => schedule_work(work)
    drive.task(drive.cpu(), body)
    drive.task(drive.cpu(), body)
    return () => {
      expect(drive.titles()).toEqual([])
      expect(inside.peek()).toBe(0)
    }
  })
})

test('what was stored before a schedule_work that returned false is seen by func, in any schedule', () => {
  everySchedule((drive) => {
    const words = [new Cell('a', 0), new Cell('b', 0)]
    let seen: number[] = []
    const work = new work_struct('work', function* () {
      seen = [yield* READ_ONCE(words[0]!), yield* READ_ONCE(words[1]!)]
    })
    for (const word of words)
      drive.task(drive.cpu(), function* () {
        yield* WRITE_ONCE(word, 1)
        yield* schedule_work(work)
      })
    return () => expect(seen).toEqual([1, 1])
  })
})

test('what the producer stored plainly does not race with func', () => {
  const bench = new Bench()
  const word = new Cell('data', 0)
  const work = new work_struct('work', () => plain_write(word, 2))
  bench.task(function* () {
    yield* plain_write(word, 1)
    yield* schedule_work(work)
  })
  bench.drive.run()
  expect(bench.drive.titles()).toEqual([])
})

test('func may free its work: nothing looks at it afterwards', () => {
  const bench = new Bench()
  const object = alloc_object('item')
  const work = new work_struct('work', () => free_object(object), object)
  bench.task(() => schedule_work(work))
  bench.drive.run()
  expect(bench.drive.titles()).toEqual([])
})

test('a work that is freed while it is queued is a use after free', () => {
  const bench = new Bench()
  const object = alloc_object('item')
  const work = new work_struct('work', () => bench.note('run'), object)
  const task = bench.task(function* () {
    yield* schedule_work(work)
    yield* free_object(object)
  })
  bench.drive.finish(task)
  bench.drive.run()
  expect(bench.drive.titles()).toEqual(['use-after-free: use after free of item.work.func'])
})

test('schedule_work in NMI is a context violation; in hardirq and with interrupts off it is none', () => {
  for (const level of [Level.Nmi, Level.Hardirq]) {
    const bench = new Bench()
    bench.drive.handler(bench.drive.cpu(), level, () => schedule_work(bench.work()))
    bench.task(function* () {
      const flags = yield* local_irq_save()
      yield* schedule_work(bench.work())
      yield* local_irq_restore(flags)
    })
    bench.drive.run()
    const violation = 'context-violation: schedule_work() takes pool->lock, but is called in NMI'
    expect(bench.drive.titles()).toEqual(level === Level.Nmi ? [violation] : [])
  }
})

test('schedule_work under pi_lock is a context violation, and none under another lock', () => {
  for (const name of ['pi_lock', 'lock']) {
    const bench = new Bench()
    const lock = new raw_spinlock_t(name, alloc_object('task'))
    bench.task(function* () {
      const flags = yield* raw_spin_lock_irqsave(lock)
      yield* schedule_work(bench.work())
      yield* raw_spin_unlock_irqrestore(lock, flags)
      yield* schedule_work(bench.work())
    })
    bench.drive.run()
    const violation = 'context-violation: schedule_work() wakes a worker, but is called under pi_lock'
    expect(bench.drive.titles()).toEqual(name === 'pi_lock' ? [violation] : [])
  }
})

test('func that leaves preemption off warns', () => {
  const bench = new Bench()
  const work = new work_struct('work', preempt_disable)
  bench.task(() => schedule_work(work))
  bench.drive.run()
  expect(bench.drive.titles()).toEqual(['warn: BUG: workqueue leaked atomic, lock or RCU: work'])
})

test('INIT_WORK sets func; of a queued work it is list corruption', () => {
  const bench = new Bench()
  const work = bench.work()
  const task = bench.task(function* () {
    yield* INIT_WORK(work, () => bench.note('other'))
    yield* schedule_work(work)
    yield* flush_work(work)
    yield* schedule_work(work)
    yield* INIT_WORK(work, () => bench.note('late'))
  })
  bench.drive.step(task)
  bench.drive.step(task)
  bench.drive.finish(bench.worker())
  for (let i = 0; i < 3; i++) bench.drive.step(task)
  expect(bench.log).toEqual(['other'])
  expect(bench.drive.titles()).toEqual(['list-corruption: INIT_WORK() of queued work'])
})
