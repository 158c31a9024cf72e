import { expect, test } from 'vitest'
import {
  in_nmi,
  local_bh_disable,
  local_bh_enable,
  local_irq_restore,
  local_irq_save,
  might_sleep,
  preempt_disable,
  preempt_enable,
} from '../src/linux/preempt.ts'
import {
  call_rcu,
  rcu_head,
  rcu_read_lock,
  rcu_read_lock_held,
  rcu_read_unlock,
  synchronize_rcu,
} from '../src/linux/rcupdate.ts'
import { type KernelPath, Level } from '../src/machine/index.ts'
import { Drive } from './drive.ts'
import { Bench } from './rcu_bench.ts'

test('a callback waits for a reader that began before, through nested sections', () => {
  const bench = new Bench()
  const reader = bench.task(function* () {
    yield* rcu_read_lock()
    yield* rcu_read_lock()
    yield* rcu_read_unlock()
    yield* rcu_read_unlock()
  })
  bench.drive.step(reader)
  const callback = bench.call()
  for (let i = 0; i < 3; i++) {
    expect(bench.can(callback)).toBe(false)
    bench.drive.step(reader)
  }
  expect(bench.can(callback)).toBe(true)
})

test('a callback does not wait for a reader that began after call_rcu', () => {
  const bench = new Bench()
  const reader = bench.task(function* () {
    yield* rcu_read_lock()
    yield* rcu_read_unlock()
  })
  const callback = bench.call()
  bench.drive.step(reader)
  expect(bench.can(callback)).toBe(true)
})

test('a reader that ended and reads again is not waited for', () => {
  const bench = new Bench()
  const reader = bench.task(function* () {
    for (let i = 0; i < 2; i++) {
      yield* rcu_read_lock()
      yield* rcu_read_unlock()
    }
  })
  bench.drive.step(reader)
  const callback = bench.call()
  bench.drive.step(reader)
  bench.drive.step(reader)
  expect(bench.can(callback)).toBe(true)
})

test('hardirq, softirq and NMI handlers are readers without rcu_read_lock, although rcu_read_lock_held is false there', () => {
  for (const level of [Level.Softirq, Level.Hardirq, Level.Nmi]) {
    const bench = new Bench()
    let held = true
    const handler = bench.drive.handler(bench.drive.cpu(), level, function* () {
      held = rcu_read_lock_held()
      yield* bench.note('handler')
    })
    bench.drive.step(handler)
    const callback = bench.call()
    expect(bench.can(callback)).toBe(false)
    bench.drive.step(handler)
    expect(bench.can(callback)).toBe(true)
    expect(held).toBe(false)
  }
})

test('code with interrupts, bottom halves or preemption off is a reader', () => {
  const regions: (() => KernelPath<unknown>)[] = [
    function* () {
      yield* local_irq_restore(yield* local_irq_save())
    },
    function* () {
      yield* local_bh_disable()
      yield* local_bh_enable()
    },
    function* () {
      yield* preempt_disable()
      yield* preempt_enable()
    },
  ]
  for (const region of regions) {
    const bench = new Bench()
    const task = bench.task(region)
    bench.drive.step(task)
    const callback = bench.call()
    expect(bench.can(callback)).toBe(false)
    bench.drive.step(task)
    expect(bench.can(callback)).toBe(true)
  }
})

test('call_rcu inside a section waits for the end of that section', () => {
  const bench = new Bench()
  bench.task(function* () {
    yield* rcu_read_lock()
    yield* call_rcu(new rcu_head('rcu', null), () => bench.note('callback'))
    yield* bench.note('reader')
    yield* rcu_read_unlock()
  })
  everyMove(bench.drive)
  expect(bench.log).toEqual(['reader', 'callback'])
})

/** The last possible move first: callbacks come as early as they can. */
function everyMove(drive: Drive): void {
  for (let moves = drive.machine.moves(); moves.length > 0; moves = drive.machine.moves())
    drive.machine.perform(moves.at(-1)!)
}

test('call_rcu in NMI is a context violation; in hardirq it is none', () => {
  for (const level of [Level.Nmi, Level.Hardirq]) {
    const bench = new Bench()
    bench.drive.handler(bench.drive.cpu(), level, () =>
      call_rcu(new rcu_head('rcu', null), () => bench.note('callback')),
    )
    bench.drive.run()
    const violation = 'context-violation: call_rcu() is not NMI-safe, but is called in NMI'
    expect(bench.drive.titles()).toEqual(level === Level.Nmi ? [violation] : [])
    expect(bench.log).toEqual(['callback'])
  }
})

test('the callback may queue its own rcu_head again', () => {
  const bench = new Bench()
  const head = new rcu_head('rcu', 'entry')
  let rounds = 0
  const callback = function* (h: rcu_head): KernelPath {
    expect(h.entry).toBe('entry')
    yield* bench.note('callback')
    if (++rounds < 2) yield* call_rcu(h, callback)
  }
  bench.task(() => call_rcu(head, callback))
  bench.drive.run()
  expect(bench.log).toEqual(['callback', 'callback'])
  expect(bench.drive.titles()).toEqual([])
})

test('a callback cannot sleep, runs outside of NMI, and is a reader itself', () => {
  const bench = new Bench()
  const callback = function* (): KernelPath {
    might_sleep('msleep')
    expect(in_nmi()).toBe(false)
    yield* bench.note('callback')
  }
  bench.drive.finish(bench.task(() => call_rcu(new rcu_head('rcu', null), callback)))
  const first = bench.drive.machine.frames.length - 1
  bench.drive.step(first)
  const second = bench.call()
  expect(bench.can(second)).toBe(false)
  bench.drive.finish(first)
  expect(bench.can(second)).toBe(true)
  expect(bench.drive.titles()).toEqual([
    'context-violation: msleep() may sleep, but is called in atomic context',
  ])
})

test('synchronize_rcu waits for the readers that began before it', () => {
  const bench = new Bench()
  const reader = bench.task(function* () {
    yield* rcu_read_lock()
    yield* rcu_read_unlock()
  })
  const waiter = bench.task(synchronize_rcu)
  bench.drive.step(reader)
  bench.drive.step(waiter)
  expect(bench.can(waiter)).toBe(false)
  bench.drive.step(reader)
  expect(bench.can(waiter)).toBe(true)
})

test('synchronize_rcu inside a reader section is a self-deadlock', () => {
  const bench = new Bench()
  bench.task(function* () {
    yield* rcu_read_lock()
    yield* synchronize_rcu()
    yield* rcu_read_unlock()
  })
  bench.drive.run()
  expect(bench.drive.titles()).toEqual([
    'self-deadlock: self-deadlock (cycle): task on CPU0 waits for synchronize_rcu',
  ])
})

test('synchronize_rcu with preemption off is a context violation and a self-deadlock', () => {
  const bench = new Bench()
  bench.task(function* () {
    yield* preempt_disable()
    yield* synchronize_rcu()
  })
  bench.drive.run()
  expect(bench.drive.titles()).toEqual([
    'context-violation: synchronize_rcu() may sleep, but is called in atomic context',
    'self-deadlock: self-deadlock (cycle): task on CPU0 waits for synchronize_rcu',
  ])
})

test('a section that is open at the end of its frame warns, and so does an unlock without a lock', () => {
  const bench = new Bench()
  bench.drive.task(bench.drive.cpu(), rcu_read_lock, 'reader#1')
  bench.task(rcu_read_unlock)
  bench.drive.run()
  expect(bench.drive.titles()).toEqual([
    'warn: rcu_read_unlock() without rcu_read_lock()',
    'warn: rcu_read_lock() is left open at the end of reader',
  ])
})
