import { EINVAL, type KernelPath, Level, rcu_read_lock_held, running } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { CLAIMED } from '../src/state.ts'
import { World } from './world.ts'

test('the callback gets the map value as data, its map, and no key', () => {
  const world = new World()
  world.end(world.submit(1).frame)
  const irq = world.irq()
  world.run()
  expect(world.runs).toEqual([{ value: world.value(1), map: world.map, key: null, frame: irq }])
})

test('it runs in hardirq with interrupts off, without rcu_read_lock() and with migration not disabled', () => {
  const world = new World()
  const seen: unknown[] = []
  world.body = function* (): KernelPath {
    const { level, migrateDisabled, cpu } = running()
    seen.push(level, cpu.irqsOff, rcu_read_lock_held(), migrateDisabled)
  }
  world.end(world.submit(0).frame)
  world.run()
  expect(seen).toEqual([Level.Hardirq, true, false, 0])
})

test('READY covers queued, running and ran: until H6 each submit of the item gets -EINVAL, from H6 on it is accepted', () => {
  const world = new World()
  world.end(world.submit(0).frame)
  const irq = world.irq()
  const { flags } = world.item(0)
  for (;;) {
    const last = irq.next?.op === 'xchg' && irq.next.cell === flags
    expect(world.state(0)).toBe('READY')
    const call = world.submit(0)
    world.end(call.frame)
    expect(call.err()).toBe(-EINVAL)
    world.take(irq)
    if (last) break
  }
  expect(world.state(0)).toBe('FREE')
  const call = world.submit(0)
  world.end(call.frame)
  expect(call.err()).toBe(0)
})

test('a callback cannot submit its own item, but it can submit another one', () => {
  const world = new World()
  const errs: number[] = []
  world.body = function* (value): KernelPath {
    if (value !== world.value(0)) return
    errs.push(yield* world.call(0))
    errs.push(yield* world.call(1))
  }
  world.end(world.submit(0).frame)
  world.run()
  expect(errs).toEqual([-EINVAL, 0])
  expect(world.runs.map((run) => run.value)).toEqual([world.value(0), world.value(1)])
  expect([world.state(0), world.state(1), world.refs(), world.titles()]).toEqual(['FREE', 'FREE', 1, []])
})

test('H3: an item that is not READY is a WARN, and runs all the same', () => {
  const world = new World()
  world.end(world.submit(0).frame)
  world.item(0).flags.value = CLAIMED
  world.run()
  expect(world.titles()).toEqual(['warn: WARN_ONCE: item not READY in the handler of bpf_delayed_irq_work'])
  expect([world.runs.length, world.state(0), world.refs()]).toEqual([1, 'FREE', 1])
})

test('H4: a callback of NULL is called, and that is the end of the machine', () => {
  const world = new World()
  world.end(world.submit(0).frame)
  world.item(0).cb.value = null
  const irq = world.irq()
  world.end(irq)
  expect([irq.state, world.machine.halted]).toEqual(['crashed', true])
  expect(world.titles()).toEqual(['null-dereference: bpf_delayed_work_kern.cb is NULL in the handler'])
})

test('H5 forgets data and cb and drops the reference while the item is still READY', () => {
  const world = new World()
  world.end(world.submit(0).frame)
  const irq = world.irq()
  const { flags, data, cb } = world.item(0)
  world.until(irq, 'write', data)
  world.take(irq)
  expect([data.peek(), cb.peek() === null]).toEqual([null, false])
  world.take(irq)
  expect([cb.peek(), world.refs()]).toEqual([null, 2])
  world.take(irq)
  expect([world.refs(), world.state(0), irq.next!.op, irq.next!.cell]).toEqual([1, 'READY', 'xchg', flags])
})
