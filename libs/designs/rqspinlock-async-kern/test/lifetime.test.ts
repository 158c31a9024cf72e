import {
  bpf_map_delete_elem,
  bpf_map_put_with_uref,
  detach,
  IRQ_WORK_BUSY,
  Level,
  run_hook,
} from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { NOTHING, World } from './world.ts'

/** User space lets go of the program and of the map. */
function letGo(world: World): void {
  world.task(world.cpu(), function* () {
    yield* detach(world.hook)
    yield* bpf_map_put_with_uref(world.map)
  })
  world.run()
}

function live(world: World): boolean[] {
  return [world.prog, world.map].map(({ object }) => object.life.peek() === 'live')
}

test('object, program and map hold each other in a circle, which closing the last fd cuts', () => {
  const world = new World()
  world.bring('IDLE')
  world.finish(world.task(world.cpu(), () => detach(world.hook)))
  world.run()
  expect([world.prog.aux.refcnt.peek(), world.map.refcnt.peek()]).toEqual([1, 2])
  world.finish(world.task(world.cpu(), () => bpf_map_put_with_uref(world.map)))
  world.run()
  expect([live(world), world.live(), world.titles()]).toEqual([[false, false], [], []])
})

test('program and map outlive a firing that is in flight, and then go', () => {
  for (const state of ['PENDING', 'QUEUED', 'RUNNING'] as const) {
    const world = new World()
    world.bring(state)
    letGo(world)
    expect([live(world), world.live(), world.titles()]).toEqual([[false, false], [], []])
  }
})

test('nothing is done when a program is loaded', () => {
  const world = new World()
  expect([world.prog.aux.irq_work, world.prog.aux.free_hooks]).toEqual([null, []])
})

test('the memory outlives the last reference by a grace period: the irq_work is touched once more behind its handler', () => {
  const world = new World()
  const tw = world.bring('IDLE')
  world.end(world.call(() => world.free()).frame)
  const irq = world.irq('irq_work')
  world.until(irq, 'cmpxchg', tw.destroy_irq_work.a_flags)
  expect([world.refs(tw).tw, tw.object.life.peek()]).toEqual([0, 'live'])
  expect(tw.destroy_irq_work.a_flags.peek() & IRQ_WORK_BUSY).toBe(IRQ_WORK_BUSY)
  world.run()
  expect([tw.object.life.peek(), world.titles()]).toEqual(['freed', []])
})

test('a program that holds a stale pointer can arm a value that is in no map any more: nobody finds the object', () => {
  const world = new World('hash')
  world.finish(
    world.task(world.cpu(), () =>
      run_hook(world.hook, function* () {
        yield* bpf_map_delete_elem(world.map, 7)
        yield* world.init()
        yield* world.set_callback()
      }),
    ),
  )
  letGo(world)
  expect([live(world), world.live()]).toEqual([[true, true], ['bpf_async_task_work']])
})

test('an object without references and with a firing that was dropped leaves nothing behind in NMI either', () => {
  const world = new World()
  const cpu = world.cpu()
  world.end(world.call(() => world.submit(), { level: Level.Nmi, cpu }).frame)
  world.end(world.call(() => world.free(), { level: Level.Nmi, cpu }).frame)
  world.run()
  expect([world.runs, world.refs(), world.live(), world.titles()]).toEqual([[], NOTHING, [], []])
})

test('if cancel_and_free gives up when the last fd is closed, object, program and map hold each other for ever', () => {
  const world = new World()
  world.bring('IDLE')
  const holder = world.call(() => world.schedule())
  world.until(holder.frame, 'read', world.kern.cb)
  const closer = world.task(world.cpu(), () => bpf_map_put_with_uref(world.map))
  world.finish(closer)
  world.end(holder.frame)
  world.finish(world.task(world.cpu(), () => detach(world.hook)))
  world.run()
  expect(world.runs.length).toBe(2)
  expect([live(world), world.live(), world.map.usercnt.peek()]).toEqual([
    [true, true],
    ['bpf_async_task_work'],
    0,
  ])
})
