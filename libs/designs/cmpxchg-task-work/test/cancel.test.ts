import {
  callback_head,
  type KernelPath,
  Level,
  task_work_add,
  try_to_wake_up,
  TWA_NONE,
} from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { task_work_match } from '../src/cancel.ts'
import { AT_REST, expectFreed, HELD, stateOf, World } from './world.ts'

const RESET = [
  'read prog',
  'atomic_dec_and_test aux->refcnt',
  'read task',
  'refcount_dec_and_test rcu_users',
] as const

test('a value without a context has nothing to free', () => {
  const world = new World()
  expect(world.finish(world.cancel_and_free())).toEqual(['xchg value.tw.ctx'])
})

test('STANDBY: it frees', () => {
  const world = new World()
  const ctx = world.bring('STANDBY')
  expect(world.finish(world.cancel_and_free())).toEqual([
    'xchg value.tw.ctx',
    'xchg state',
    'call_rcu_tasks_trace',
  ])
  expectFreed(world, ctx)
})

test('SCHEDULED: it cancels the work, resets and frees', () => {
  const world = new World()
  const ctx = world.bring('SCHEDULED')
  expect(world.finish(world.cancel_and_free())).toEqual([
    'xchg value.tw.ctx',
    'xchg state',
    'read task',
    ...RESET,
    'call_rcu_tasks_trace',
  ])
  expect(world.target.task_works.peek()).toBeNull()
  expect(world.refs()).toEqual(AT_REST)
  expectFreed(world, ctx)
  expect(world.called).toEqual([])
})

test('SCHEDULED, and the task took the work already: it leaves all to the callback', () => {
  const world = new World()
  const ctx = world.bring('SCHEDULED')
  world.until(world.targetFrame, 'rcu_read_lock_trace')
  expect(world.finish(world.cancel_and_free())).toEqual(['xchg value.tw.ctx', 'xchg state', 'read task'])
  expect(world.refs()).toEqual(HELD)
  world.toUserMode()
  expect(world.refs()).toEqual(AT_REST)
  expectFreed(world, ctx)
  expect(world.called).toEqual([])
})

test.each(['PENDING', 'SCHEDULING', 'RUNNING'] as const)(
  '%s: it leaves FREED behind, and all else to the owner',
  (state) => {
    const world = new World()
    const ctx = world.bring(state)
    expect(world.finish(world.cancel_and_free())).toEqual(['xchg value.tw.ctx', 'xchg state'])
    expect(stateOf(ctx)).toBe('FREED')
    expect(world.refs()).toEqual(HELD)
    world.settle()
    expect(world.refs()).toEqual(AT_REST)
    expectFreed(world, ctx)
    expect(world.called).toHaveLength(state === 'RUNNING' ? 1 : 0)
  },
)

test('of two that free at once, one gets the context', () => {
  const world = new World()
  const ctx = world.bring('SCHEDULED')
  const first = world.cancel_and_free()
  world.step(first)
  expect(world.finish(world.cancel_and_free())).toEqual(['xchg value.tw.ctx'])
  world.finish(first)
  expect(world.refs()).toEqual(AT_REST)
  expectFreed(world, ctx)
})

test('the value can be scheduled again at once, with a context of its own', () => {
  const world = new World()
  const former = world.bring('RUNNING')
  world.finish(world.cancel_and_free())
  const call = world.schedule()
  world.finish(call.frame)
  expect(call.err()).toBe(0)
  expect(world.ctx()).not.toBe(former)
  world.settle()
  expect(world.called).toHaveLength(2)
  expect(world.refs()).toEqual(AT_REST)
  expect(world.findings()).toEqual([])
})

test('it takes off its own work and no other', () => {
  const world = new World()
  const other = new callback_head('other', null, null)
  const add = world.frame(Level.Hardirq, function* (): KernelPath {
    yield* task_work_add(world.target, other, TWA_NONE)
  })
  const ctx = world.bring('SCHEDULED')
  world.finish(add)
  expect([task_work_match(ctx)(ctx.work), task_work_match(ctx)(other)]).toEqual([true, false])
  world.finish(world.cancel_and_free())
  expect(world.target.task_works.peek()).toBe(other)
  expect(other.next.peek()).toBeNull()
})

test('the free in an NMI calls call_rcu_tasks_trace() where it is illegal', () => {
  const world = new World()
  world.bring('STANDBY')
  world.finish(world.cancel_and_free(Level.Nmi))
  expect(world.findings()).toEqual([
    'context-violation: call_rcu_tasks_trace() is not NMI-safe, but is called in NMI',
  ])
})

test('the cancel in an NMI takes pi_lock, which is taken outside of NMIs too', () => {
  const world = new World()
  world.bring('SCHEDULED')
  world.finish(world.cancel_and_free(Level.Nmi))
  world.finish(world.frame(Level.Hardirq, () => try_to_wake_up(world.target)))
  expect(world.findings()).toEqual([
    'context-violation: call_rcu_tasks_trace() is not NMI-safe, but is called in NMI',
    'context-violation: inconsistent lock state: target.pi_lock is {INITIAL USE} and {IN-NMI}',
  ])
})

test('it never waits for a callback that runs', () => {
  const world = new World()
  world.bring('RUNNING')
  const frame = world.cancel_and_free()
  world.finish(frame)
  expect(frame.state).toBe('done')
  expect(world.targetFrame.traceNesting).toBe(1)
})
