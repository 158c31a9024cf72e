/** What the review and the lab hold against the posted text, each in one schedule taken by hand. */
import {
  bpf_map_delete_elem,
  bpf_map_put_with_uref,
  create_task,
  detach,
  do_exit,
  EBUSY,
} from '@bottom-half/kernel-model'
import {
  type Frame,
  Level,
  live_objects,
  type MapType,
  run_hook,
  run_task,
  try_to_wake_up,
} from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import type { bpf_task_work_context } from '../src/state.ts'
import { AT_REST, stateOf, World } from './world.ts'

test('an NMI that deletes the value inside the pi_lock of the target deadlocks', () => {
  const world = new World('hash')
  world.bring('SCHEDULED')
  const { target, hook, map } = world
  const waker = world.frame(Level.Hardirq, () => try_to_wake_up(target))
  world.until(waker, 'raw_spin_unlock')
  expect(target.pi_lock.locked.peek()).toBe(true)
  const nmi = world.frame(
    Level.Nmi,
    () =>
      run_hook(hook, function* () {
        yield* bpf_map_delete_elem(map, 7)
      }),
    waker.cpu,
  )
  world.until(nmi, 'raw_spin_lock', target.pi_lock.locked)
  expect(() => world.step(nmi)).toThrow('cannot move')
  expect(() => world.step(waker)).toThrow('cannot move')
  world.settle()
  expect(world.findings().at(-1)).toBe(
    'self-deadlock: self-deadlock (cycle): hardirq on CPU2 is interrupted; NMI on CPU2 waits for target.pi_lock',
  )
})

test('the same delete in a task on another CPU waits for pi_lock, and gets it', () => {
  const world = new World('hash')
  world.bring('SCHEDULED')
  const waker = world.frame(Level.Hardirq, () => try_to_wake_up(world.target))
  world.until(waker, 'raw_spin_unlock')
  const deleter = world.frame(Level.Task, () => bpf_map_delete_elem(world.map, 7))
  world.until(deleter, 'raw_spin_lock', world.target.pi_lock.locked)
  expect(() => world.step(deleter)).toThrow('cannot move')
  world.finish(waker)
  world.finish(deleter)
  world.settle()
  expect(world.refs()).toEqual(AT_REST)
  expect(world.findings()).toEqual([])
})

test.each([
  ['array', 'use-after-free: use after free of bpf_task_work_context.task'],
  ['lru_hash', 'use-after-free: use after free of bpf_task_work_context.task'],
] as const)(
  'map_release_uref of %s finds SCHEDULED, but the callback has freed before it cancels',
  (type, finding) => {
    const { world, closer, grace } = freedBeforeCancel(type)
    world.finish(grace)
    world.finish(closer)
    expect(world.findings()).toEqual([finding])
  },
)

test('map_release_uref of hash is an RCU reader, which keeps the context until it cancelled', () => {
  const { world, closer, grace } = freedBeforeCancel('hash')
  expect(() => world.step(grace)).toThrow('cannot move')
  world.finish(closer)
  world.finish(grace)
  expect(world.findings()).toEqual([])
})

/**
 * The last fd is closed as far as FREED; then the target runs the callback, which asks for a grace period.
 */
function freedBeforeCancel(type: MapType): { world: World; closer: Frame; grace: Frame } {
  const world = new World(type)
  const ctx = world.bring('SCHEDULED')
  const closer = world.frame(Level.Task, () => bpf_map_put_with_uref(world.map))
  world.until(closer, 'read', ctx.task)
  expect(stateOf(ctx)).toBe('FREED')
  world.toUserMode()
  const grace = world.machine.frames.at(-1)!
  return { world, closer, grace }
}

test('usercnt read, last fd closed, context published: the walk has missed what is accepted', () => {
  const world = new World()
  const call = world.schedule()
  world.until(call.frame, 'READ_ONCE', world.tw.ctx)
  world.finish(world.frame(Level.Task, () => bpf_map_put_with_uref(world.map)))
  expect(world.map.usercnt.peek()).toBe(0)
  expect(world.tw.ctx.peek()).toBeNull()
  world.finish(call.frame)
  expect(call.err()).toBe(0)
  expect(stateOf(world.ctx())).toBe('PENDING')
  world.settle()
  expect(world.called).toHaveLength(1)
  expect(stateOf(world.ctx())).toBe('STANDBY')
  expect(live_objects().map((object) => object.name)).toContain(world.ctx().object.name)
})

test('the missed context of a target that never returns to user mode keeps program and map for ever', () => {
  const world = new World()
  const kthread = create_task('kthread', world.machine.addCpu(), { kthread: true })
  run_task(kthread, function* () {})
  const call = world.schedule({ task: kthread })
  world.until(call.frame, 'READ_ONCE', world.tw.ctx)
  world.finish(world.frame(Level.Task, () => bpf_map_put_with_uref(world.map)))
  world.finish(call.frame)
  world.finish(world.frame(Level.Task, () => detach(world.hook)))
  world.settle()
  expect(call.err()).toBe(0)
  expect(stateOf(world.ctx())).toBe('SCHEDULED')
  expect([world.prog.aux.refcnt.peek(), world.map.refcnt.peek(), world.map.usercnt.peek()]).toEqual([1, 1, 0])
  expect(live_objects().map((object) => object.name)).toEqual(['map', 'prog', world.ctx().object.name])
  expect(world.findings()).toEqual([])
})

test('closed before usercnt is read, the same schedule is refused and all is freed', () => {
  const world = new World()
  const call = world.schedule()
  world.until(call.frame, 'atomic_read', world.map.usercnt)
  world.finish(world.frame(Level.Task, () => bpf_map_put_with_uref(world.map)))
  world.finish(call.frame)
  world.finish(world.frame(Level.Task, () => detach(world.hook)))
  world.settle()
  expect(world.tw.ctx.peek()).toBeNull()
  expect(live_objects()).toEqual([])
})

/**
 * The first irq_work stops between task_work_add() and its last cmpxchg, while the callback runs and another
 * schedule, for a target that exits, comes as far as its own task_work_add().
 */
function lateIrqWork(): { world: World; ctx: bpf_task_work_context } {
  const world = new World('array', do_exit)
  const alive = create_task('alive', world.machine.addCpu())
  const aliveFrame = run_task(alive, function* () {})
  world.finish(world.schedule({ task: alive, cpu: world.cpu }).frame)
  const ctx = world.ctx()
  const late = world.irq()
  world.inFrontOfAdd(late, ctx)
  world.until(late, 'cmpxchg', ctx.state)
  world.toUserMode(aliveFrame)
  expect(stateOf(ctx)).toBe('STANDBY')
  world.finish(world.schedule().frame)
  world.finish(world.targetFrame)
  world.inFrontOfAdd(world.irq(), ctx)
  expect(stateOf(ctx)).toBe('SCHEDULING')
  const second = world.irq()
  world.finish(late)
  expect(stateOf(ctx)).toBe('SCHEDULED')
  world.finish(second)
  return { world, ctx }
}

test('a late irq_work marks the next round SCHEDULED, which a refused add leaves busy for ever', () => {
  const { world, ctx } = lateIrqWork()
  expect(stateOf(ctx)).toBe('SCHEDULED')
  expect(world.refs()).toEqual({ prog: 1, task: 0 })
  world.settle()
  const alive = create_task('another', world.machine.addCpu())
  const call = world.schedule({ task: alive })
  world.finish(call.frame)
  expect(call.err()).toBe(-EBUSY)
})

test('a delete then looks for the work at a task to which the reset dropped the reference', () => {
  const { world } = lateIrqWork()
  world.settle()
  expect(world.target.object.life.peek()).toBe('freed')
  world.finish(world.cancel_and_free())
  expect(world.findings().at(-1)).toBe('use-after-free: use after free of target.task_works')
})

test('a schedule initialises the irq_work while its former run may still clear BUSY: a data race', () => {
  const world = new World()
  const ctx = world.bring('SCHEDULING')
  const former = world.irq()
  world.until(former, 'cmpxchg', ctx.irq_work.a_flags)
  world.toUserMode()
  const call = world.schedule()
  world.until(call.frame, 'atomic_fetch_or', ctx.irq_work.a_flags)
  expect(former.state).toBe('active')
  world.finish(former)
  const sides = 'marked read in hardirq against plain write in hardirq'
  expect(world.findings()).toEqual([
    `data-race: data race on bpf_task_work_context.irq_work.a_flags: ${sides}`,
  ])
  world.finish(call.frame)
  world.settle()
  expect(call.err()).toBe(0)
  expect(world.called).toHaveLength(2)
  expect(world.refs()).toEqual(AT_REST)
})
