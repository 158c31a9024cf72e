import { EINVAL, Level } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { World } from './world.ts'

/** What irq_work_run() does before and after the handler. */
const AROUND = { before: 6, after: 1 }

test('of one item, the handler takes the steps H1 to H6 in the order of the posted text', () => {
  const world = new World()
  world.end(world.submit(0).frame)
  const steps = world.end(world.irq())
  expect(steps.slice(0, AROUND.before + 1)).toEqual([
    'enter',
    'xchg CPU1 raised_list.first',
    'read work.node.next',
    'atomic_read work.a_flags',
    'atomic_set work.a_flags',
    'smp_mb',
    'read work.func',
  ])
  expect(steps.slice(AROUND.before + 1)).toEqual([
    'xchg items.first',
    'read value.work.item.next',
    'write value.work.item.next',
    'read value.work.item.next',
    'read value.work.flags',
    'read value.work.cb',
    'read value.work.data',
    'write value.work.data',
    'write value.work.cb',
    'atomic_dec_and_test aux->refcnt',
    'xchg value.work.flags',
    'cmpxchg work.a_flags',
  ])
  expect(world.runs.map((run) => run.value)).toEqual([world.value(0)])
  expect(world.titles()).toEqual([])
})

test('H2: of a batch only the newest item runs; each other one stays READY for ever and keeps a program reference', () => {
  for (const size of [2, 3, 4]) {
    const world = new World()
    const indices = [0, 1, 2, 3].slice(0, size)
    const newest = size - 1
    world.batch(indices, world.cpu())
    expect(world.refs()).toBe(1 + size)
    world.run()
    expect(world.runs.map((run) => run.value)).toEqual([world.value(newest)])
    for (const index of indices) expect(world.state(index)).toBe(index === newest ? 'FREE' : 'READY')
    expect(world.refs()).toBe(size)
    expect(world.irqWork().items.first.peek()).toBeNull()
    const again = world.submit(0)
    world.run()
    expect(again.err()).toBe(-EINVAL)
    expect(world.titles()).toEqual([])
  }
})

test('H2: the chain is reversed in memory, and the list still points to what is its end now', () => {
  const world = new World()
  world.batch([0, 1, 2], world.cpu())
  const irq = world.irq()
  world.until(irq, 'read', world.item(2).flags)
  const next = [0, 1, 2].map((index) => world.item(index).item.next.peek())
  expect(next).toEqual([world.item(1).item, world.item(2).item, null])
})

test('with interrupts on, each submit is run before the next instruction: no batch, and nothing is lost', () => {
  const world = new World()
  const task = world.frame(Level.Task, function* () {
    yield* world.call(0)
    yield* world.call(1)
  })
  world.finish(task.index)
  world.run()
  expect(world.runs.map((run) => run.value)).toEqual([world.value(0), world.value(1)])
  expect([world.state(0), world.state(1), world.refs()]).toEqual(['FREE', 'FREE', 1])
})

test('an item that comes after H1 raises the irq_work again, and is not lost', () => {
  const world = new World()
  world.end(world.submit(0).frame)
  const first = world.irq()
  world.until(first, 'read', world.item(0).flags)
  world.end(world.submit(1).frame)
  expect(world.irq()).not.toBe(first)
  world.run()
  expect([world.runs.length, world.state(0), world.state(1), world.refs()]).toEqual([2, 'FREE', 'FREE', 1])
})

test('one that comes between the queueing of the irq_work and H1 is found by that run', () => {
  const world = new World()
  world.end(world.submit(0).frame)
  const irq = world.irq()
  world.until(irq, 'atomic_set')
  world.end(world.submit(1).frame)
  expect(world.irq()).toBe(irq)
  world.until(irq, 'xchg', world.irqWork().items.first)
  world.take(irq)
  expect(world.irqWork().items.first.peek()).toBeNull()
})

test('two items of one program run at the same time on two CPUs', () => {
  const world = new World()
  world.end(world.submit(0).frame)
  const first = world.irq()
  world.until(first, 'write', world.item(0).data)
  world.end(world.submit(1).frame)
  const second = world.irq()
  world.until(second, 'write', world.item(1).data)
  expect(first.cpu).not.toBe(second.cpu)
  expect(world.runs.map((run) => run.frame)).toEqual([first, second])
  world.run()
  expect([world.state(0), world.state(1), world.refs(), world.titles()]).toEqual(['FREE', 'FREE', 1, []])
})

test('the irq_work of an NMI runs after the NMI, in hardirq context on the same CPU', () => {
  const world = new World()
  const cpu = world.cpu()
  const call = world.submit(0, { level: Level.Nmi, cpu })
  world.end(call.frame)
  const irq = world.irq()
  expect([irq.cpu, irq.level, irq.state, world.state(0)]).toEqual([cpu, Level.Hardirq, 'pending', 'READY'])
  world.run()
  expect(world.runs.map((run) => run.frame)).toEqual([irq])
})
