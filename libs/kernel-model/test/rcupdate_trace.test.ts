import { expect, test } from 'vitest'
import { plain_read, plain_write } from '../src/linux/barrier.ts'
import { in_atomic, local_irq_restore, local_irq_save, might_sleep } from '../src/linux/preempt.ts'
import { call_rcu, rcu_head, rcu_read_lock, rcu_read_unlock, synchronize_rcu } from '../src/linux/rcupdate.ts'
import {
  call_rcu_tasks_trace,
  rcu_read_lock_trace,
  rcu_read_unlock_trace,
} from '../src/linux/rcupdate_trace.ts'
import { rcu_read_lock_trace_held, rcu_trace_implies_rcu_gp } from '../src/linux/rcupdate_trace.ts'
import { synchronize_rcu_tasks_trace } from '../src/linux/rcupdate_trace.ts'
import { access, Cell, type KernelPath, Level, running } from '../src/machine/index.ts'
import { Drive } from './drive.ts'

class Bench {
  readonly drive = new Drive()
  readonly log: string[] = []
  private readonly word = new Cell('word', 0)

  task(path: () => KernelPath<unknown>): number {
    return this.drive.task(this.drive.cpu(), path)
  }

  *note(what: string): KernelPath {
    yield* access(what, this.word, () => this.log.push(what))
  }

  /** Queues a callback of the flavour; gives the frame that will invoke it. */
  call(flavour: typeof call_rcu, callback: () => KernelPath = () => this.note('callback')): number {
    this.drive.finish(this.task(() => flavour(new rcu_head('rcu', null), callback)))
    return this.drive.machine.frames.length - 1
  }

  can(frame: number): boolean {
    return this.drive.enabled().includes(frame)
  }
}

function* section(): KernelPath {
  yield* rcu_read_lock_trace()
  yield* rcu_read_unlock_trace()
}

test('a trace callback waits for an explicit reader that began before, through nested sections', () => {
  const bench = new Bench()
  const reader = bench.task(function* () {
    yield* rcu_read_lock_trace()
    yield* section()
    yield* rcu_read_unlock_trace()
  })
  bench.drive.step(reader)
  const callback = bench.call(call_rcu_tasks_trace)
  for (let i = 0; i < 3; i++) {
    expect(bench.can(callback)).toBe(false)
    bench.drive.step(reader)
  }
  expect(bench.can(callback)).toBe(true)
})

test('a trace callback does not wait for a reader that began after it', () => {
  const bench = new Bench()
  const reader = bench.task(section)
  const callback = bench.call(call_rcu_tasks_trace)
  bench.drive.step(reader)
  expect(bench.can(callback)).toBe(true)
})

test('a trace reader may sleep, and is no vanilla reader: a vanilla grace period ends within its section', () => {
  const bench = new Bench()
  const reader = bench.task(function* () {
    yield* rcu_read_lock_trace()
    might_sleep('msleep')
    yield* rcu_read_unlock_trace()
  })
  bench.drive.step(reader)
  expect(bench.can(bench.call(call_rcu))).toBe(true)
  bench.drive.finish(bench.task(synchronize_rcu))
  expect(bench.drive.machine.frames[reader]!.state).toBe('active')
  expect(bench.drive.titles()).toEqual([])
})

test('hardirq, NMI and interrupts-off code are no trace readers by themselves', () => {
  for (const level of [Level.Hardirq, Level.Nmi]) {
    const bench = new Bench()
    const seen: unknown[] = []
    const handler = bench.drive.handler(bench.drive.cpu(), level, function* () {
      seen.push(rcu_read_lock_trace_held(), running().traceReader.peek() & 1, running().rcuReader.peek() & 1)
      yield* bench.note('handler')
    })
    bench.drive.finish(handler)
    expect(seen).toEqual([false, 0, 1])
  }
  const bench = new Bench()
  const task = bench.task(function* () {
    yield* local_irq_restore(yield* local_irq_save())
  })
  bench.drive.step(task)
  expect(bench.drive.machine.frames[task]!.traceReader.peek() & 1).toBe(0)
})

test('in 6.18 a trace grace period implies a vanilla one: its callback waits for handlers and for rcu_read_lock', () => {
  expect(rcu_trace_implies_rcu_gp()).toBe(true)
  const bench = new Bench()
  const nmi = bench.drive.handler(bench.drive.cpu(), Level.Nmi, () => bench.note('nmi'))
  bench.drive.step(nmi)
  const reader = bench.task(function* () {
    yield* rcu_read_lock()
    yield* rcu_read_unlock()
  })
  bench.drive.step(reader)
  const callback = bench.call(call_rcu_tasks_trace)
  expect(bench.can(callback)).toBe(false)
  bench.drive.finish(nmi)
  expect(bench.can(callback)).toBe(false)
  bench.drive.finish(reader)
  expect(bench.can(callback)).toBe(true)
})

test('a handler may use a trace section over one of the task that it interrupts', () => {
  const bench = new Bench()
  const cpu = bench.drive.cpu()
  const reader = bench.drive.task(cpu, section)
  const nmi = bench.drive.handler(cpu, Level.Nmi, section)
  bench.drive.step(reader)
  const callback = bench.call(call_rcu_tasks_trace)
  bench.drive.finish(nmi)
  expect(bench.can(callback)).toBe(false)
  bench.drive.finish(reader)
  expect(bench.can(callback)).toBe(true)
})

test('the callback runs in a thread with bottom halves off: it cannot sleep', () => {
  const bench = new Bench()
  const atomic: boolean[] = []
  bench.call(call_rcu_tasks_trace, function* () {
    atomic.push(in_atomic())
    yield* bench.note('callback')
  })
  bench.drive.run()
  expect(atomic).toEqual([true])
})

test('call_rcu_tasks_trace in NMI is a context violation; in hardirq it is none', () => {
  for (const level of [Level.Nmi, Level.Hardirq]) {
    const bench = new Bench()
    const callback = (): KernelPath => bench.note('callback')
    bench.drive.handler(bench.drive.cpu(), level, () =>
      call_rcu_tasks_trace(new rcu_head('rcu', null), callback),
    )
    bench.drive.run()
    const violation = 'context-violation: call_rcu_tasks_trace() is not NMI-safe, but is called in NMI'
    expect(bench.drive.titles()).toEqual(level === Level.Nmi ? [violation] : [])
  }
})

test('an rcu_head that is queued in both flavours is a double free', () => {
  const bench = new Bench()
  const head = new rcu_head('rcu', null)
  const task = bench.task(function* () {
    yield* call_rcu(head, () => bench.note('vanilla'))
    yield* call_rcu_tasks_trace(head, () => bench.note('trace'))
  })
  bench.drive.step(task)
  bench.drive.step(task)
  expect(bench.drive.titles()).toEqual(['double-free: rcu_head queued twice: rcu (call_rcu_tasks_trace)'])
})

test('what a trace reader did plainly comes before the callback: no data race', () => {
  const bench = new Bench()
  const data = new Cell('data', 0)
  const reader = bench.task(function* () {
    yield* rcu_read_lock_trace()
    yield* plain_read(data)
    yield* rcu_read_unlock_trace()
  })
  bench.drive.step(reader)
  bench.call(call_rcu_tasks_trace, () => plain_write(data, 1))
  bench.drive.run()
  expect(bench.drive.titles()).toEqual([])
})

test('synchronize_rcu_tasks_trace waits for trace readers, and inside one it is a self-deadlock', () => {
  const bench = new Bench()
  const reader = bench.task(section)
  bench.drive.step(reader)
  const waiter = bench.task(synchronize_rcu_tasks_trace)
  bench.drive.step(waiter)
  expect(bench.can(waiter)).toBe(false)
  bench.drive.step(reader)
  expect(bench.can(waiter)).toBe(true)

  const alone = new Bench()
  alone.task(function* () {
    yield* rcu_read_lock_trace()
    yield* synchronize_rcu_tasks_trace()
  })
  alone.drive.run()
  expect(alone.drive.titles()).toEqual([
    'self-deadlock: self-deadlock (cycle): task on CPU0 waits for synchronize_rcu_tasks_trace',
  ])
})

test('a trace section that is open at the end of its frame warns, and so does an unlock without a lock', () => {
  const bench = new Bench()
  bench.drive.task(bench.drive.cpu(), rcu_read_lock_trace, 'reader#1')
  bench.task(rcu_read_unlock_trace)
  bench.drive.run()
  expect(bench.drive.titles()).toEqual([
    'warn: rcu_read_unlock_trace() without rcu_read_lock_trace()',
    'warn: rcu_read_lock_trace() is left open at the end of reader',
  ])
})
