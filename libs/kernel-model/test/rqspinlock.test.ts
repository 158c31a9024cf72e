import { expect, test } from 'vitest'
import { plain_read, plain_write } from '../src/linux/barrier.ts'
import { EDEADLK, ETIMEDOUT } from '../src/linux/errno.ts'
import { in_atomic, irqs_disabled } from '../src/linux/preempt.ts'
import {
  allow_early_timeouts,
  raw_res_spin_lock,
  raw_res_spin_lock_irqsave,
  raw_res_spin_unlock,
  raw_res_spin_unlock_irqrestore,
} from '../src/linux/rqspinlock.ts'
import { raw_spin_lock, raw_spin_unlock, raw_spinlock_t } from '../src/linux/spinlock.ts'
import { Cell, type KernelPath } from '../src/machine/index.ts'
import { Drive } from './drive.ts'
import { everySchedule } from './schedules.ts'
import { Attempts, lock, outcomes } from './rqspinlock_bench.ts'

test('uncontended, lock and unlock are two steps each: the entry comes after the lock word, and goes before it', () => {
  const a = new Attempts()
  const task = a.task('task', [lock('a')])
  const ops: string[] = []
  while (a.drive.machine.frames[task]!.state !== 'done') {
    ops.push(a.drive.machine.frames[task]!.next!.op)
    a.drive.step(task)
  }
  expect(ops).toEqual(['res_spin_lock', 'grab_held_lock_entry', 'clear held lock entry', 'res_spin_unlock'])
  expect(a.got).toEqual({ task: [0] })
})

test('in task context, too, a lock can fail with no deadlock at all: -ETIMEDOUT while another CPU holds it', () => {
  const a = new Attempts()
  const l = lock('a')
  const holder = a.task('holder', [l])
  const waiter = a.task('waiter', [l])
  a.until(holder, 'clear held lock entry')
  a.drive.finish(waiter)
  expect(a.got).toEqual({ holder: [0], waiter: [-ETIMEDOUT] })
})

test('one who waits gets the lock once it is free', () => {
  const a = new Attempts()
  const l = lock('a')
  const holder = a.task('holder', [l])
  const waiter = a.task('waiter', [l])
  a.until(holder, 'clear held lock entry')
  a.until(waiter, 'res_spin_lock slow path')
  a.drive.finish(holder)
  a.drive.finish(waiter)
  expect(a.got).toEqual({ holder: [0], waiter: [0] })
})

test('a lock that is free cannot fail', () => {
  everySchedule((drive) => {
    const a = new Attempts(drive)
    const cpu = drive.cpu()
    a.task('task', [lock('a')], cpu)
    a.nmi('nmi', [lock('b')], cpu)
    return () => expect(a.got).toEqual({ task: [0], nmi: [0] })
  })
})

test('two contenders: both get it, or one times out', () => {
  const all = outcomes((a) => {
    const l = lock('a')
    a.task('one', [l])
    a.task('two', [l])
  })
  expect(all).toEqual(['one 0; two 0', 'one 0; two ETIMEDOUT', 'one ETIMEDOUT; two 0'])
})

test('two locks in two orders: -EDEADLK is seen by the pairwise check, and no schedule deadlocks', () => {
  const all = outcomes((a) => {
    const [l, k] = [lock('a'), lock('b')]
    a.task('one', [l, k])
    a.task('two', [k, l])
  })
  expect(all).toContain('one 0,EDEADLK; two 0,0')
  expect(all).toContain('one 0,0; two 0,EDEADLK')
  expect(all).toContain('one 0,0; two 0,0')
  expect(all).toContain('one 0,EDEADLK; two 0,EDEADLK')
})

test('a cycle of two is -EDEADLK for whoever looks while both wait', () => {
  const a = new Attempts()
  const [l, k] = [lock('a'), lock('b')]
  const one = a.task('one', [l, k])
  const two = a.task('two', [k, l])
  a.until(one, 'res_spin_lock', 2)
  a.until(two, 'res_spin_lock', 2)
  a.drive.step(one)
  a.drive.step(two)
  a.drive.finish(two)
  a.drive.finish(one)
  expect(a.got).toEqual({ one: [0, 0], two: [0, -EDEADLK] })
})

test('a cycle of three is not seen by the pairwise check: -ETIMEDOUT', () => {
  const a = new Attempts()
  allow_early_timeouts(a.drive.machine, 2)
  const locks = [lock('a'), lock('b'), lock('c')] as const
  const frames = [0, 1, 2].map((i) => a.task(`t${i}`, [locks[i]!, locks[(i + 1) % 3]!]))
  for (const frame of frames) a.until(frame, 'res_spin_lock', 2)
  for (const frame of frames) a.drive.step(frame)
  for (const frame of frames) a.drive.finish(frame)
  expect(a.got['t0']).toEqual([0, -ETIMEDOUT])
})

test('a cycle through a raw spinlock is not seen: the rqspinlock times out, which resolves it', () => {
  const a = new Attempts()
  const l = lock('a')
  const raw = new raw_spinlock_t('raw')
  const got: number[] = []
  const one = a.drive.task(a.drive.cpu(), function* () {
    yield* raw_spin_lock(raw)
    got.push(yield* raw_res_spin_lock(l))
    yield* raw_spin_unlock(raw)
  })
  const two = a.drive.task(a.drive.cpu(), function* () {
    got.push(yield* raw_res_spin_lock(l))
    yield* raw_spin_lock(raw)
    yield* raw_spin_unlock(raw)
    yield* raw_res_spin_unlock(l)
  })
  a.drive.step(one)
  a.until(two, 'raw_spin_lock')
  a.drive.finish(one)
  a.drive.finish(two)
  expect(got).toEqual([0, -ETIMEDOUT])
  expect(a.drive.titles()).toEqual([])
})

test('whoever got the lock is alone: plain accesses inside do not race, in any schedule', () => {
  everySchedule((drive) => {
    const l = lock('a')
    const word = new Cell('word', 0)
    let got = 0
    const increment = function* (): KernelPath {
      if ((yield* raw_res_spin_lock(l)) !== 0) return
      got++
      yield* plain_write(word, (yield* plain_read(word)) + 1)
      yield* raw_res_spin_unlock(l)
    }
    const cpu = drive.cpu()
    drive.task(cpu, increment)
    drive.task(drive.cpu(), increment)
    return () => {
      expect(drive.titles()).toEqual([])
      expect(word.peek()).toBe(got)
    }
  })
})

test('irqsave: interrupts are off before the attempt, and back as they were after a failure', () => {
  const drive = new Drive()
  const l = lock('a')
  const holder = drive.task(drive.cpu(), () => raw_res_spin_lock(l))
  drive.finish(holder)
  const seen: unknown[] = []
  const waiter = drive.task(drive.cpu(), function* () {
    const { err, flags } = yield* raw_res_spin_lock_irqsave(l)
    seen.push(err, flags, irqs_disabled(), in_atomic())
  })
  drive.step(waiter)
  drive.step(waiter)
  expect(drive.machine.frames[waiter]!.cpu.irqsOff).toBe(true)
  drive.finish(waiter)
  expect(seen).toEqual([-ETIMEDOUT, false, false, false])
})

test('irqsave: interrupts stay off until irqrestore after a success', () => {
  const drive = new Drive()
  const l = lock('a')
  const seen: unknown[] = []
  const task = drive.task(drive.cpu(), function* () {
    const { err, flags } = yield* raw_res_spin_lock_irqsave(l)
    seen.push(err, flags, irqs_disabled())
    yield* raw_res_spin_unlock_irqrestore(l, flags)
    seen.push(irqs_disabled(), in_atomic())
  })
  drive.finish(task)
  expect(seen).toEqual([0, false, true, false, false])
})

test('unlocking out of order warns: the top entry is cleared, whichever lock it is', () => {
  const drive = new Drive()
  const [l, k] = [lock('item#1.lock'), lock('other')]
  drive.task(drive.cpu(), function* () {
    yield* raw_res_spin_lock(l)
    yield* raw_res_spin_lock(k)
    yield* raw_res_spin_unlock(l)
    yield* raw_res_spin_unlock(k)
  })
  drive.run()
  expect(drive.titles()).toEqual([
    'warn: rqspinlock item.lock is not the last one taken on its CPU',
    'warn: rqspinlock other is not the last one taken on its CPU',
  ])
})

test('an unlock by a context that does not hold the lock warns', () => {
  const drive = new Drive()
  const l = lock('a')
  drive.finish(drive.task(drive.cpu(), () => raw_res_spin_lock(l)))
  drive.finish(drive.task(drive.cpu(), () => raw_res_spin_unlock(l)))
  expect(drive.titles()).toContain('warn: rqspinlock a is unlocked by a context that does not hold it')
})
