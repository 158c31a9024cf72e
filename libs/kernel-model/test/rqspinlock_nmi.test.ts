import { expect, test } from 'vitest'
import { EDEADLK, ETIMEDOUT } from '../src/linux/errno.ts'
import { allow_early_timeouts, raw_res_spin_lock } from '../src/linux/rqspinlock.ts'
import { Level } from '../src/machine/index.ts'
import { Attempts, lock, outcomes } from './rqspinlock_bench.ts'

test('an NMI that wants the lock of what it interrupted gets -EDEADLK, and waits for nobody', () => {
  const a = new Attempts()
  const [cpu, l] = [a.drive.cpu(), lock('a')]
  const task = a.task('task', [l], cpu)
  const nmi = a.nmi('nmi', [l], cpu)
  a.until(task, 'clear held lock entry')
  a.drive.finish(nmi)
  a.drive.finish(task)
  expect(a.got).toEqual({ task: [0], nmi: [-EDEADLK] })
  expect(a.drive.titles()).toEqual([])
})

test('an NMI between the compare-and-exchange and the table entry misses the deadlock, and gets -ETIMEDOUT', () => {
  const a = new Attempts()
  const [cpu, l] = [a.drive.cpu(), lock('a')]
  const task = a.task('task', [l], cpu)
  const nmi = a.nmi('nmi', [l], cpu)
  a.until(task, 'grab_held_lock_entry')
  a.drive.finish(nmi)
  a.drive.finish(task)
  expect(a.got).toEqual({ task: [0], nmi: [-ETIMEDOUT] })
})

test('an NMI between the end of the table entry and the release misses the deadlock, and gets -ETIMEDOUT', () => {
  const a = new Attempts()
  const [cpu, l] = [a.drive.cpu(), lock('a')]
  const task = a.task('task', [l], cpu)
  const nmi = a.nmi('nmi', [l], cpu)
  a.until(task, 'res_spin_unlock')
  a.drive.finish(nmi)
  a.drive.finish(task)
  expect(a.got).toEqual({ task: [0], nmi: [-ETIMEDOUT] })
})

test('an NMI over an attempt that waits gets a spurious -EDEADLK, though its CPU does not hold the lock', () => {
  const a = new Attempts()
  const [cpu, l] = [a.drive.cpu(), lock('a')]
  const elsewhere = a.task('elsewhere', [l])
  const task = a.task('task', [l], cpu)
  const nmi = a.nmi('nmi', [l], cpu)
  a.until(elsewhere, 'res_spin_unlock')
  a.until(task, 'res_spin_lock slow path')
  a.drive.finish(nmi)
  a.drive.finish(elsewhere)
  a.drive.finish(task)
  expect(a.got).toEqual({ elsewhere: [0], task: [0], nmi: [-EDEADLK] })
})

test('an attempt that has failed is in the table until it leaves: an NMI there gets -EDEADLK, one after it -ETIMEDOUT', () => {
  for (const op of ['release_held_lock_entry', 'end']) {
    const a = new Attempts()
    allow_early_timeouts(a.drive.machine, 2)
    const [cpu, l] = [a.drive.cpu(), lock('a')]
    const elsewhere = a.task('elsewhere', [l])
    const task = a.task('task', [l, lock('b')], cpu)
    const nmi = a.nmi('nmi', [l], cpu)
    a.until(elsewhere, 'res_spin_unlock')
    if (op === 'end') a.drive.finish(task)
    else a.until(task, op)
    a.drive.finish(nmi)
    expect(a.got['nmi']).toEqual([op === 'end' ? -ETIMEDOUT : -EDEADLK])
  }
})

test('an NMI takes the lock that the interrupted attempt was about to take, if it is free by then', () => {
  const a = new Attempts()
  const [cpu, l] = [a.drive.cpu(), lock('a')]
  const elsewhere = a.task('elsewhere', [l])
  const task = a.task('task', [l], cpu)
  const nmi = a.nmi('nmi', [l], cpu)
  a.until(elsewhere, 'res_spin_unlock')
  a.until(task, 'res_spin_lock slow path')
  a.drive.finish(elsewhere)
  a.drive.finish(nmi)
  a.drive.finish(task)
  expect(a.got).toEqual({ elsewhere: [0], task: [0], nmi: [0] })
})

test('an NMI over the holder of another lock takes its own, without a context violation', () => {
  const a = new Attempts()
  const cpu = a.drive.cpu()
  const task = a.task('task', [lock('a')], cpu)
  const nmi = a.nmi('nmi', [lock('b')], cpu)
  a.until(task, 'clear held lock entry')
  a.drive.finish(nmi)
  a.drive.finish(task)
  expect(a.got).toEqual({ task: [0], nmi: [0] })
  expect(a.drive.titles()).toEqual([])
})

test('a task and an NMI over it: the NMI gets the lock, -EDEADLK or -ETIMEDOUT; the task always gets it', () => {
  const all = outcomes((a) => {
    const [cpu, l] = [a.drive.cpu(), lock('a')]
    a.task('task', [l], cpu)
    a.nmi('nmi', [l], cpu)
  })
  expect(all).toEqual(['nmi 0; task 0', 'nmi EDEADLK; task 0', 'nmi ETIMEDOUT; task 0'])
})

test('without irqsave, a hardirq conflicts with what it interrupted as an NMI does', () => {
  const a = new Attempts()
  const [cpu, l] = [a.drive.cpu(), lock('a')]
  const got: number[] = []
  const task = a.task('task', [l], cpu)
  const irq = a.drive.handler(cpu, Level.Hardirq, function* () {
    got.push(yield* raw_res_spin_lock(l))
  })
  a.until(task, 'clear held lock entry')
  a.drive.finish(irq)
  expect(got).toEqual([-EDEADLK])
})
