import { EBUSY, in_atomic, type KernelPath, Level } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { bpf_task_work_schedule_resume } from '../src/submit.ts'
import { AT_REST, expectFreed, HELD, stateOf, World } from './world.ts'

const RESET = [
  'read prog',
  'atomic_dec_and_test aux->refcnt',
  'read task',
  'refcount_dec_and_test rcu_users',
] as const

const RUN = [
  'read map',
  'read map_val',
  'read callback_fn',
  'read map',
  'read map_val',
  'rcu_read_unlock_trace',
  ...RESET,
  'cmpxchg state',
] as const

test('the callback takes the steps of the posted text in their order, from SCHEDULED', () => {
  const world = new World()
  const ctx = world.bring('SCHEDULED')
  world.until(world.targetFrame, 'rcu_read_lock_trace')
  expect(world.toUserMode()).toEqual(['rcu_read_lock_trace', 'cmpxchg state', 'cmpxchg state', ...RUN])
  expect(stateOf(ctx)).toBe('STANDBY')
  expect(world.refs()).toEqual(AT_REST)
  expect(world.ctx()).toBe(ctx)
})

test('from SCHEDULING, before the irq_work came to SCHEDULED, one cmpxchg is enough', () => {
  const world = new World()
  const ctx = world.bring('SCHEDULING')
  world.until(world.irq(), 'cmpxchg', ctx.state)
  world.until(world.targetFrame, 'rcu_read_lock_trace')
  expect(world.toUserMode()).toEqual(['rcu_read_lock_trace', 'cmpxchg state', ...RUN])
  expect(stateOf(ctx)).toBe('STANDBY')
})

test('the BPF callback gets map, key and value in the target task, where it may sleep, as a reader', () => {
  const world = new World()
  const seen: unknown[] = []
  const body = function* (): KernelPath {
    const { level, traceNesting, migrateDisabled } = world.targetFrame
    seen.push(level, traceNesting, migrateDisabled, in_atomic(), stateOf(world.ctx()))
  }
  world.finish(world.schedule({ body }).frame)
  world.settle()
  const { map, value, targetFrame: frame } = world
  expect(world.called).toEqual([{ map, key: 7, value, frame }])
  expect(seen).toEqual([Level.Task, 1, 1, false, 'RUNNING'])
  expect([frame.traceNesting, frame.migrateDisabled]).toEqual([0, 0])
})

test('FREED before the callback: it resets and frees outside the reader section, and calls nothing', () => {
  const world = new World()
  const ctx = world.bring('SCHEDULED')
  world.until(world.targetFrame, 'rcu_read_lock_trace')
  world.finish(world.cancel_and_free())
  expect(world.toUserMode()).toEqual([
    'rcu_read_lock_trace',
    'cmpxchg state',
    'rcu_read_unlock_trace',
    ...RESET,
    'call_rcu_tasks_trace',
  ])
  expect(world.called).toEqual([])
  expect(world.refs()).toEqual(AT_REST)
  expectFreed(world, ctx)
})

test('FREED between the two changes to RUNNING is noticed by the second', () => {
  const world = new World()
  const ctx = world.bring('SCHEDULED')
  world.until(world.targetFrame, 'cmpxchg', ctx.state)
  world.step(world.targetFrame)
  world.finish(world.cancel_and_free())
  expect(world.toUserMode().slice(0, 2)).toEqual(['cmpxchg state', 'rcu_read_unlock_trace'])
  expect(world.called).toEqual([])
  expect(world.refs()).toEqual(AT_REST)
  expectFreed(world, ctx)
})

test('FREED while the callback runs: it runs to its end, resets and frees', () => {
  const world = new World()
  const ctx = world.bring('RUNNING')
  world.finish(world.cancel_and_free())
  expect(world.refs()).toEqual(HELD)
  expect(world.toUserMode()).toEqual([
    'rcu_read_unlock_trace',
    ...RESET,
    'cmpxchg state',
    'call_rcu_tasks_trace',
  ])
  expect(world.called).toHaveLength(1)
  expect(world.refs()).toEqual(AT_REST)
  expectFreed(world, ctx)
})

test('the references are dropped before the context is given to the next owner', () => {
  const world = new World()
  const ctx = world.bring('RUNNING')
  world.until(world.targetFrame, 'cmpxchg', ctx.state)
  expect(world.refs()).toEqual(AT_REST)
  expect(stateOf(ctx)).toBe('RUNNING')
})

test('a callback cannot schedule its own value again', () => {
  const world = new World()
  const errs: number[] = []
  const body = function* (): KernelPath {
    const { target, tw, map, prog } = world
    errs.push(yield* bpf_task_work_schedule_resume(target, tw, map, nothing, prog))
  }
  world.finish(world.schedule({ body }).frame)
  world.settle()
  expect(errs).toEqual([-EBUSY])
  expect(world.refs()).toEqual(AT_REST)
  expect(world.findings()).toEqual([])
})

function* nothing(): KernelPath {}
