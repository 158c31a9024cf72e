import { bpf_map_put_with_uref, detach, live_objects } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { World } from './world.ts'

function live(): string[] {
  return live_objects().map((object) => object.name)
}

/** User space lets go of the program and of the map. */
function letGo(world: World): void {
  world.finish(
    world.task(world.cpu(), function* () {
      yield* detach(world.hook)
      yield* bpf_map_put_with_uref(world.map)
    }),
  )
}

test('loading a program allocates its bpf_delayed_irq_work, and nobody ever frees it', () => {
  const world = new World()
  expect(live()).toContain('bpf_delayed_irq_work')
  letGo(world)
  world.run()
  expect(live()).toEqual(['bpf_delayed_irq_work'])
})

test('an item in flight keeps its program and its map alive, until its handler put the program', () => {
  const world = new World()
  world.end(world.submit(0).frame)
  const irq = world.irq()
  letGo(world)
  expect([world.refs(), world.map.refcnt.peek()]).toEqual([1, 1])
  const { flags } = world.item(0)
  world.until(irq, 'xchg', flags)
  expect(world.refs()).toBe(0)
  world.run()
  expect([world.runs.length, live(), world.titles()]).toEqual([1, ['bpf_delayed_irq_work'], []])
})

test('the last put, in hardirq, goes to a work item', () => {
  const world = new World()
  world.end(world.submit(0).frame)
  letGo(world)
  const irq = world.irq()
  world.until(irq, 'schedule_work')
  expect(world.titles()).toEqual([])
})

test('bpf_prog_free_deferred() first waits for the tail of a handler, and only then puts the maps', () => {
  const world = new World()
  const { prog, map } = world
  world.end(world.submit(0).frame)
  const irq = world.irq()
  letGo(world)
  // The handler is an RCU reader: the program's end gets no further than its grace period while it lasts.
  // Stopped behind it, in the core's own cmpxchg, it is waited for through BUSY.
  world.until(irq, 'cmpxchg', world.irqWork().work.a_flags)
  const free = world.frame(0, () => prog.aux.free_hooks[0]!())
  expect(world.enabled()).not.toContain(free.index)
  expect(free.next!.op).toBe('irq_work_sync')
  expect(map.refcnt.peek()).toBe(1)
  world.take(irq)
  expect(world.enabled()).toContain(free.index)
})

test('a lost item of a batch keeps program and map alive for ever', () => {
  const world = new World()
  world.batch([0, 1], world.cpu())
  letGo(world)
  world.run()
  expect([world.refs(), world.map.refcnt.peek()]).toEqual([1, 1])
  expect(live()).toEqual(['map', 'prog', 'bpf_delayed_irq_work'])
})

test('closing the last fd of a map frees no field, and a submit is accepted after it', () => {
  const world = new World()
  expect(world.mechanism.record.release_uref).toBe(false)
  world.finish(world.task(world.cpu(), () => bpf_map_put_with_uref(world.map)))
  expect(world.map.usercnt.peek()).toBe(0)
  const call = world.submit(0)
  world.run()
  expect([call.err(), world.runs.length, world.titles()]).toEqual([0, 1, []])
})
