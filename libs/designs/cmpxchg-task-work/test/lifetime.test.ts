import {
  bpf_map_delete_elem,
  bpf_map_put,
  bpf_map_put_with_uref,
  bpf_map_update_elem,
} from '@bottom-half/kernel-model'
import { detach, Level, live_objects } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { AT_REST, expectFreed, HELD, stateOf, World } from './world.ts'

test('a reset drops the references and leaves the pointers', () => {
  const world = new World()
  const ctx = world.bring('STANDBY')
  expect(world.refs()).toEqual(AT_REST)
  expect([ctx.prog.peek(), ctx.task.peek()]).toEqual([world.prog, world.target])
})

test('freed memory is given out again for the next context of the CPU that freed it', () => {
  const world = new World()
  const former = world.bring('STANDBY')
  world.finish(world.cancel_and_free())
  const grace = world.machine.frames.at(-1)!
  world.finish(grace)
  expect(former.object.life.peek()).toBe('freed')
  expect(grace.migrateDisabled).toBe(0)
  world.finish(world.schedule({ cpu: grace.cpu }).frame)
  expect(world.ctx().object.address).toBe(former.object.address)
  expect(former.object.reusedAs).toBe(world.ctx().object)
})

test('a use of a context that was given out again is noticed', () => {
  const world = new World()
  const former = world.bring('STANDBY')
  world.finish(world.cancel_and_free())
  const grace = world.machine.frames.at(-1)!
  world.finish(grace)
  world.finish(world.schedule({ cpu: grace.cpu }).frame)
  world.finish(world.frame(Level.Hardirq, () => former.irq_work.func.peek()(former.irq_work)))
  const title =
    'bpf_task_work_context.state touched after its memory was given out again as bpf_task_work_context'
  expect(world.findings()).toEqual([`stale-pointer: ${title}`])
})

test('accepted work keeps its program, and the program its map, until the callback has run', () => {
  const world = new World()
  world.bring('SCHEDULED')
  world.finish(world.frame(Level.Task, () => detach(world.hook)))
  world.finish(world.frame(Level.Task, () => bpf_map_put(world.map)))
  expect(world.prog.aux.refcnt.peek()).toBe(1)
  expect([world.map.refcnt.peek(), world.map.usercnt.peek()]).toEqual([1, 1])
  world.settle()
  expect(world.called).toHaveLength(1)
  expect(live_objects()).toEqual([])
  expect(world.findings()).toEqual([])
})

test('closing the last fd frees the context of every value', () => {
  const world = new World()
  const ctx = world.bring('SCHEDULED')
  world.finish(world.frame(Level.Task, () => bpf_map_put_with_uref(world.map)))
  expect(stateOf(ctx)).toBe('FREED')
  expect(world.tw.ctx.peek()).toBeNull()
  world.settle()
  expect(world.called).toEqual([])
  expect(world.refs()).toEqual(AT_REST)
  expect(ctx.object.life.peek()).toBe('freed')
})

test('a map that is freed frees the contexts that are left', () => {
  const world = new World()
  const ctx = world.bring('STANDBY')
  world.map.usercnt.value = 2
  world.finish(world.frame(Level.Task, () => bpf_map_put_with_uref(world.map)))
  expect(stateOf(ctx)).toBe('STANDBY')
  world.finish(world.frame(Level.Task, () => detach(world.hook)))
  expectFreed(world, ctx)
  expect(world.map.object.life.peek()).toBe('freed')
  expect(live_objects()).toEqual([])
})

test('deleting a hash element and overwriting an array element free the context', () => {
  const deleted = new World('hash')
  const first = deleted.bring('SCHEDULED')
  deleted.finish(deleted.frame(Level.Task, () => bpf_map_delete_elem(deleted.map, 7)))
  expectFreed(deleted, first)
  const overwritten = new World('array')
  const second = overwritten.bring('SCHEDULED')
  overwritten.finish(overwritten.frame(Level.Task, () => bpf_map_update_elem(overwritten.map, 7, 1)))
  expectFreed(overwritten, second)
})

test('a program may go while its work is queued: nothing waits', () => {
  const world = new World()
  world.bring('SCHEDULED')
  expect(world.refs()).toEqual(HELD)
  const frame = world.frame(Level.Task, () => detach(world.hook))
  world.finish(frame)
  expect(frame.state).toBe('done')
  expect(world.prog.object.life.peek()).toBe('live')
})
