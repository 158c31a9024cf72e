import { atomic_read, do_exit, Level } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { BPF_TW_STANDBY } from '../src/state.ts'
import { AT_REST, expectFreed, HELD, stateOf, World } from './world.ts'

const RESET = [
  'read prog',
  'atomic_dec_and_test aux->refcnt',
  'read task',
  'refcount_dec_and_test rcu_users',
] as const

test('the irq_work takes the steps of the posted text in their order, without a reader section', () => {
  const world = new World()
  const ctx = world.bring('PENDING')
  const irq = world.irq()
  world.until(irq, 'cmpxchg', ctx.state)
  expect([irq.level, irq.traceNesting]).toEqual([Level.Hardirq, 0])
  expect(world.finish(irq)).toEqual(['cmpxchg state', 'read task', 'read mode', 'cmpxchg state'])
  expect(stateOf(ctx)).toBe('SCHEDULED')
  expect(world.target.task_works.peek()).toBe(ctx.work)
  expect(world.refs()).toEqual(HELD)
})

test('the irq_work of an NMI waits for the handler that the NMI interrupted, on the same CPU', () => {
  const world = new World()
  const below = world.frame(Level.Hardirq, () => atomic_read(world.map.usercnt), world.cpu)
  world.step(below)
  world.finish(world.schedule({ level: Level.Nmi, cpu: world.cpu }).frame)
  expect(world.irq().cpu).toBe(world.cpu)
  expect(() => world.step(world.irq())).toThrow('cannot move')
  world.finish(below)
  world.finish(world.irq())
  expect(stateOf(world.ctx())).toBe('SCHEDULED')
})

test('FREED before the irq_work: it resets and frees, and adds nothing', () => {
  const world = new World()
  const ctx = world.bring('PENDING')
  world.finish(world.cancel_and_free())
  expect(stateOf(ctx)).toBe('FREED')
  expect(world.refs()).toEqual(HELD)
  world.until(world.irq(), 'cmpxchg', ctx.state)
  expect(world.finish(world.irq())).toEqual(['cmpxchg state', ...RESET, 'call_rcu_tasks_trace'])
  expect(world.target.task_works.peek()).toBeNull()
  expect(world.refs()).toEqual(AT_REST)
  expectFreed(world, ctx)
})

test('a target that exited: references dropped, STANDBY again, and nobody is told', () => {
  const world = new World('array', do_exit)
  const ctx = world.bring('SCHEDULING')
  world.finish(world.targetFrame)
  expect(world.finish(world.irq())).toEqual(['read task', 'read mode', ...RESET, 'cmpxchg state'])
  expect(stateOf(ctx)).toBe('STANDBY')
  expect(world.refs()).toEqual({ prog: 1, task: 0 })
  expect(world.ctx()).toBe(ctx)
  world.settle()
  expect(world.called).toEqual([])
  expect(world.findings()).toEqual([])
})

test('FREED while the add failed: the irq_work frees', () => {
  const world = new World('array', do_exit)
  const ctx = world.bring('SCHEDULING')
  world.finish(world.targetFrame)
  world.until(world.irq(), 'cmpxchg', ctx.state)
  world.finish(world.cancel_and_free())
  expect(world.finish(world.irq())).toEqual(['cmpxchg state', 'call_rcu_tasks_trace'])
  expect(world.refs()).toEqual({ prog: 1, task: 0 })
  expectFreed(world, ctx)
})

test('FREED while the work was added: the irq_work cancels it, resets and frees', () => {
  const world = new World()
  const ctx = world.bring('SCHEDULING')
  world.until(world.irq(), 'cmpxchg', ctx.state)
  world.finish(world.cancel_and_free())
  expect(world.target.task_works.peek()).toBe(ctx.work)
  expect(world.finish(world.irq())).toEqual(['cmpxchg state', 'read task', ...RESET, 'call_rcu_tasks_trace'])
  expect(world.target.task_works.peek()).toBeNull()
  expect(world.refs()).toEqual(AT_REST)
  expectFreed(world, ctx)
  expect(world.called).toEqual([])
})

test('FREED, and the task took the work already: the irq_work leaves all to the callback', () => {
  const world = new World()
  const ctx = world.bring('SCHEDULING')
  world.until(world.irq(), 'cmpxchg', ctx.state)
  world.until(world.targetFrame, 'rcu_read_lock_trace')
  world.finish(world.cancel_and_free())
  expect(world.finish(world.irq())).toEqual(['cmpxchg state', 'read task'])
  expect(world.refs()).toEqual(HELD)
  world.toUserMode()
  expect(world.refs()).toEqual(AT_REST)
  expectFreed(world, ctx)
  expect(world.called).toEqual([])
})

test('a callback that overtook the irq_work keeps the context: RUNNING and STANDBY are left alone', () => {
  for (const [until, state] of [
    ['rcu_read_unlock_trace', 'RUNNING'],
    ['user mode', 'STANDBY'],
  ] as const) {
    const world = new World()
    const ctx = world.bring('SCHEDULING')
    world.until(world.irq(), 'cmpxchg', ctx.state)
    if (until === 'user mode') world.toUserMode()
    else world.until(world.targetFrame, until)
    expect(stateOf(ctx)).toBe(state)
    expect(world.finish(world.irq())).toEqual(['cmpxchg state'])
    expect(stateOf(ctx)).toBe(state)
    world.settle()
    expect(world.called).toHaveLength(1)
    expect(world.refs()).toEqual(AT_REST)
    expect(world.findings()).toEqual([])
  }
})

test('only FREED stops the irq_work: found STANDBY, it adds the work and leaves the state', () => {
  const world = new World()
  const ctx = world.bring('PENDING')
  ctx.state.value = BPF_TW_STANDBY
  const steps = ['cmpxchg state', 'read task', 'read mode', 'cmpxchg state']
  world.until(world.irq(), 'cmpxchg', ctx.state)
  expect(world.finish(world.irq())).toEqual(steps)
  expect(stateOf(ctx)).toBe('STANDBY')
  expect(world.target.task_works.peek()).toBe(ctx.work)
})

test('the memory outlives the handler that asked for its grace period', () => {
  const world = new World()
  const ctx = world.bring('PENDING')
  world.finish(world.cancel_and_free())
  const irq = world.irq()
  world.until(irq, 'call_rcu_tasks_trace')
  world.step(irq)
  const grace = world.machine.frames.at(-1)!
  expect(() => world.step(grace)).toThrow('cannot move')
  world.finish(irq)
  world.finish(grace)
  expect(ctx.object.life.peek()).toBe('freed')
  expect(world.findings()).toEqual([])
})
