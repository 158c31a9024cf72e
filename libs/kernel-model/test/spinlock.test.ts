import { expect, test } from 'vitest'
import { plain_read, plain_write } from '../src/linux/barrier.ts'
import {
  in_atomic,
  irqs_disabled,
  local_irq_restore,
  local_irq_save,
  might_sleep,
} from '../src/linux/preempt.ts'
import { raw_spin_lock, raw_spin_unlock, raw_spinlock_t } from '../src/linux/spinlock.ts'
import { alloc_object, free_object } from '../src/linux/slab.ts'
import { Cell, type KernelPath, Level } from '../src/machine/index.ts'
import { Drive } from './drive.ts'
import { everySchedule } from './schedules.ts'
import { critical, irqsOn } from './spinlock_bench.ts'

function ops(drive: Drive, frame: number): string[] {
  const out: string[] = []
  while (drive.machine.frames[frame]!.state === 'active') {
    out.push(drive.machine.frames[frame]!.next!.op)
    drive.step(frame)
  }
  return out
}

test('an irqsave critical section is four steps', () => {
  const drive = new Drive()
  const lock = new raw_spinlock_t('lock')
  const task = drive.task(drive.cpu(), () => critical(lock))
  expect(ops(drive, task)).toEqual([
    'local_irq_save',
    'raw_spin_lock',
    'raw_spin_unlock',
    'local_irq_restore',
  ])
  expect(drive.titles()).toEqual([])
})

test('whoever finds the lock taken waits until it is released', () => {
  const drive = new Drive()
  const lock = new raw_spinlock_t('lock')
  const first = drive.task(drive.cpu(), () => irqsOn(lock))
  const second = drive.task(drive.cpu(), () => irqsOn(lock))
  drive.step(first)
  expect(drive.enabled()).toEqual([first])
  drive.step(first)
  expect(drive.enabled()).toEqual([second])
})

test('plain accesses inside the critical sections of one lock do not race, in any schedule', () => {
  const schedules = everySchedule((drive) => {
    const lock = new raw_spinlock_t('lock')
    const word = new Cell('word', 0)
    const increment = (): KernelPath =>
      critical(lock, function* () {
        yield* plain_write(word, (yield* plain_read(word)) + 1)
      })
    drive.task(drive.cpu(), increment)
    drive.task(drive.cpu(), increment)
    return () => {
      expect(drive.titles()).toEqual([])
      expect(word.peek()).toBe(2)
    }
  })
  expect(schedules).toBeGreaterThan(10)
})

test('a plain access outside of the lock races with one inside', () => {
  const drive = new Drive()
  const lock = new raw_spinlock_t('lock')
  const word = new Cell('word', 0)
  drive.task(drive.cpu(), () => critical(lock, () => plain_write(word, 1)))
  drive.task(drive.cpu(), () => plain_write(word, 2))
  drive.run()
  expect(drive.titles()).toEqual([
    'data-race: data race on word: plain write in task against plain write in task',
  ])
})

test('preemption is off from lock to unlock, and interrupts are back as they were', () => {
  const drive = new Drive()
  const lock = new raw_spinlock_t('lock')
  const seen: boolean[] = []
  drive.task(drive.cpu(), function* () {
    yield* raw_spin_lock(lock)
    seen.push(in_atomic(), irqs_disabled())
    yield* raw_spin_unlock(lock)
    const flags = yield* local_irq_save()
    yield* critical(lock)
    seen.push(irqs_disabled())
    yield* local_irq_restore(flags)
    seen.push(in_atomic())
  })
  drive.run()
  expect(seen).toEqual([true, false, true, false])
})

test('sleeping in a critical section is a context violation', () => {
  const drive = new Drive()
  const lock = new raw_spinlock_t('lock')
  drive.task(drive.cpu(), function* () {
    yield* raw_spin_lock(lock)
    might_sleep('msleep')
    yield* raw_spin_unlock(lock)
  })
  drive.run()
  expect(drive.titles()).toEqual(['context-violation: msleep() may sleep, but is called in atomic context'])
})

test('tasks that share a CPU never wait for a lock of each other', () => {
  everySchedule((drive) => {
    const cpu = drive.cpu()
    const lock = new raw_spinlock_t('lock')
    drive.task(cpu, () => irqsOn(lock))
    drive.task(cpu, () => irqsOn(lock))
    return () => expect(drive.titles()).toEqual([])
  })
})

test('an NMI that takes the lock of what it interrupted is a self-deadlock that names the lock', () => {
  const drive = new Drive()
  const cpu = drive.cpu()
  const lock = new raw_spinlock_t('pool#3.lock')
  const task = drive.task(cpu, () => critical(lock))
  const nmi = drive.handler(cpu, Level.Nmi, () => critical(lock))
  drive.step(task)
  drive.step(task)
  drive.step(nmi)
  drive.run()
  expect(drive.titles()).toEqual([
    'self-deadlock: self-deadlock (cycle): task on CPU0 is interrupted; NMI on CPU0 waits for pool.lock',
  ])
})

test('a hardirq that takes the lock which its CPU took with interrupts on is a self-deadlock', () => {
  const drive = new Drive()
  const cpu = drive.cpu()
  const lock = new raw_spinlock_t('lock')
  const task = drive.task(cpu, () => irqsOn(lock))
  const irq = drive.handler(cpu, Level.Hardirq, () => irqsOn(lock))
  drive.step(task)
  drive.step(irq)
  drive.run()
  expect(drive.titles()).toEqual([
    'self-deadlock: self-deadlock (cycle): task on CPU0 is interrupted; hardirq on CPU0 waits for lock',
  ])
})

test('a lock taken twice by one context is a self-deadlock', () => {
  const drive = new Drive()
  const lock = new raw_spinlock_t('lock')
  drive.task(drive.cpu(), function* () {
    yield* raw_spin_lock(lock)
    yield* raw_spin_lock(lock)
  })
  drive.run()
  expect(drive.titles()).toEqual(['self-deadlock: self-deadlock (cycle): task on CPU0 waits for lock'])
})

test('two locks taken in two orders deadlock in some schedule, and potential cycles are not reported in the others', () => {
  const titles = new Set<string>()
  everySchedule((drive) => {
    const a = new raw_spinlock_t('a')
    const b = new raw_spinlock_t('b')
    drive.task(drive.cpu(), () => critical(a, () => irqsOn(b)))
    drive.task(drive.cpu(), () => critical(b, () => irqsOn(a)))
    return () => titles.add(drive.titles().join('; '))
  })
  expect([...titles].sort()).toEqual([
    '',
    'deadlock: deadlock (cycle): task on CPU0 waits for b; task on CPU1 waits for a',
  ])
})

test('an unlock by another than the holder warns', () => {
  const drive = new Drive()
  const lock = new raw_spinlock_t('lock')
  drive.finish(drive.task(drive.cpu(), () => raw_spin_lock(lock)))
  drive.finish(drive.task(drive.cpu(), () => raw_spin_unlock(lock)))
  expect(drive.titles()).toEqual(['warn: BUG: spinlock wrong owner: lock'])
})

test('an unlock of a lock that nobody holds warns', () => {
  const drive = new Drive()
  const lock = new raw_spinlock_t('lock')
  drive.finish(drive.task(drive.cpu(), () => raw_spin_unlock(lock)))
  expect(drive.titles()).toEqual(['warn: BUG: spinlock already unlocked: lock'])
})

test('a lock in freed memory is a use after free', () => {
  const drive = new Drive()
  const object = alloc_object('item')
  const lock = new raw_spinlock_t('lock', object)
  drive.task(drive.cpu(), function* () {
    yield* free_object(object)
    yield* critical(lock)
  })
  drive.run()
  expect(drive.titles()).toEqual(['use-after-free: use after free of item.lock'])
})
