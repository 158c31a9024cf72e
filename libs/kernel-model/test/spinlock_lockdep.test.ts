import { expect, test } from 'vitest'
import { raw_spin_trylock, raw_spin_unlock, raw_spinlock_t } from '../src/linux/spinlock.ts'
import { type KernelPath, Level } from '../src/machine/index.ts'
import { Drive } from './drive.ts'
import { critical, irqsOn } from './spinlock_bench.ts'

const NMI_USE = 'context-violation: inconsistent lock state: lock is {INITIAL USE} and {IN-NMI}'

test('a lock that waits in NMI is a context violation after a use outside of NMI', () => {
  const drive = new Drive()
  const lock = new raw_spinlock_t('lock')
  const nmi = drive.handler(drive.cpu(), Level.Nmi, () => critical(lock))
  drive.finish(drive.task(drive.cpu(), () => critical(lock)))
  expect(drive.titles()).toEqual([])
  drive.finish(nmi)
  expect(drive.titles()).toEqual([NMI_USE])
})

test('a lock that waits in NMI is a context violation before a use outside of NMI', () => {
  const drive = new Drive()
  const lock = new raw_spinlock_t('lock')
  const task = drive.task(drive.cpu(), () => critical(lock))
  drive.finish(drive.handler(drive.cpu(), Level.Nmi, () => critical(lock)))
  expect(drive.titles()).toEqual([])
  drive.finish(task)
  expect(drive.titles()).toEqual([NMI_USE])
})

test('instances of one lock class count together', () => {
  const drive = new Drive()
  drive.task(drive.cpu(), () => critical(new raw_spinlock_t('item#1.lock')))
  drive.handler(drive.cpu(), Level.Nmi, () => critical(new raw_spinlock_t('item#2.lock')))
  drive.run()
  expect(drive.titles()).toEqual([NMI_USE.replace('lock is', 'item.lock is')])
})

test('a trylock is legal in NMI, fails where the lock is held, and never waits', () => {
  const drive = new Drive()
  const cpu = drive.cpu()
  const lock = new raw_spinlock_t('lock')
  const got: boolean[] = []
  const attempt = function* (): KernelPath {
    const locked = yield* raw_spin_trylock(lock)
    got.push(locked)
    if (locked) yield* raw_spin_unlock(lock)
  }
  const task = drive.task(cpu, () => critical(lock))
  const inside = drive.handler(cpu, Level.Nmi, attempt)
  const outside = drive.handler(cpu, Level.Nmi, attempt)
  drive.step(task)
  drive.step(task)
  drive.finish(inside)
  drive.finish(task)
  drive.finish(outside)
  expect(got).toEqual([false, true])
  expect(drive.titles()).toEqual([])
})

test('a lock of hardirq handlers that is taken with interrupts on is a context violation, in either order', () => {
  for (const first of ['task', 'irq']) {
    const drive = new Drive()
    const lock = new raw_spinlock_t('lock')
    const task = drive.task(drive.cpu(), () => irqsOn(lock))
    const irq = drive.handler(drive.cpu(), Level.Hardirq, () => irqsOn(lock))
    for (const frame of first === 'task' ? [task, irq] : [irq, task]) drive.finish(frame)
    expect(drive.titles()).toEqual([
      'context-violation: inconsistent lock state: lock is {HARDIRQ-ON-W} and {IN-HARDIRQ-W}',
    ])
  }
})

test('a lock of softirqs that a task takes with bottom halves on is a context violation', () => {
  const drive = new Drive()
  const lock = new raw_spinlock_t('lock')
  drive.task(drive.cpu(), () => irqsOn(lock))
  drive.handler(drive.cpu(), Level.Softirq, () => irqsOn(lock))
  drive.run()
  expect(drive.titles()).toEqual([
    'context-violation: inconsistent lock state: lock is {SOFTIRQ-ON-W} and {IN-SOFTIRQ-W}',
  ])
})

test('taken with irqsave in task, softirq and hardirq, a lock is used consistently', () => {
  const drive = new Drive()
  const lock = new raw_spinlock_t('lock')
  drive.task(drive.cpu(), () => critical(lock))
  drive.handler(drive.cpu(), Level.Softirq, () => critical(lock))
  drive.handler(drive.cpu(), Level.Hardirq, () => critical(lock))
  drive.run()
  expect(drive.titles()).toEqual([])
})
