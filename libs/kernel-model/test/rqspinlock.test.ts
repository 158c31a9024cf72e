import { expect, test } from 'vitest'
import { plain_read, plain_write } from '../src/linux/barrier.ts'
import { EDEADLK, ETIMEDOUT } from '../src/linux/errno.ts'
import { in_atomic, irqs_disabled } from '../src/linux/preempt.ts'
import { raw_res_spin_lock, raw_res_spin_lock_irqsave, raw_res_spin_unlock } from '../src/linux/rqspinlock.ts'
import { raw_res_spin_unlock_irqrestore, rqspinlock_t } from '../src/linux/rqspinlock.ts'
import { raw_spin_lock, raw_spin_unlock, raw_spinlock_t } from '../src/linux/spinlock.ts'
import { Cell, type Cpu, type KernelPath, Level } from '../src/machine/index.ts'
import { Drive } from './drive.ts'
import { everySchedule } from './schedules.ts'

/** Takes locks one inside the other; writes down what each attempt gave, and leaves at the first failure. */
class Attempts {
  readonly drive: Drive
  readonly got: Record<string, number[]> = {}

  constructor(drive = new Drive()) {
    this.drive = drive
  }

  task(name: string, locks: readonly rqspinlock_t[], cpu: Cpu = this.drive.cpu()): number {
    return this.drive.task(cpu, () => this.nest(name, locks), name)
  }

  nmi(name: string, locks: readonly rqspinlock_t[], cpu: Cpu): number {
    return this.drive.handler(cpu, Level.Nmi, () => this.nest(name, locks), name)
  }

  private *nest(name: string, locks: readonly rqspinlock_t[]): KernelPath {
    const [outer, ...inner] = locks
    if (outer === undefined) return
    const err = yield* raw_res_spin_lock(outer)
    ;(this.got[name] ??= []).push(err)
    if (err !== 0) return
    yield* this.nest(name, inner)
    yield* raw_res_spin_unlock(outer)
  }

  /** Steps the frame until its next step is `op` (for the `count`th time from here). */
  until(frame: number, op: string, count = 1): void {
    for (let seen = 0; ;) {
      if (this.drive.machine.frames[frame]!.next?.op === op && ++seen === count) return
      this.drive.step(frame)
    }
  }
}

function lock(name: string): rqspinlock_t {
  return new rqspinlock_t(name)
}

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

function outcomes(boot: (attempts: Attempts) => void): string[] {
  const seen = new Set<string>()
  everySchedule((drive) => {
    const a = new Attempts(drive)
    boot(a)
    return () => {
      expect(drive.titles()).toEqual([])
      for (const frame of drive.machine.frames) expect(frame.preemptCount).toBe(0)
      seen.add(
        Object.keys(a.got)
          .sort()
          .map((name) => `${name} ${a.got[name]!.map(errorName).join(',')}`)
          .join('; '),
      )
    }
  })
  return [...seen].sort()
}

function errorName(err: number): string {
  return { 0: '0', [-EDEADLK]: 'EDEADLK', [-ETIMEDOUT]: 'ETIMEDOUT' }[err]!
}

test('two contenders: both get it, or one times out', () => {
  const all = outcomes((a) => {
    const l = lock('a')
    a.task('one', [l])
    a.task('two', [l])
  })
  expect(all).toEqual(['one 0; two 0', 'one 0; two ETIMEDOUT', 'one ETIMEDOUT; two 0'])
})

test('a task and an NMI over it: the NMI gets the lock, -EDEADLK or -ETIMEDOUT; the task always gets it', () => {
  const all = outcomes((a) => {
    const [cpu, l] = [a.drive.cpu(), lock('a')]
    a.task('task', [l], cpu)
    a.nmi('nmi', [l], cpu)
  })
  expect(all).toEqual(['nmi 0; task 0', 'nmi EDEADLK; task 0', 'nmi ETIMEDOUT; task 0'])
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
