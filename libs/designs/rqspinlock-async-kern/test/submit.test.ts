import { EBUSY, EDEADLK, EINVAL, EPERM, ETIMEDOUT, Level } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { AT_REST, IN_FLIGHT, NOTHING, World } from './world.ts'

const LOCK = 'res_spin_lock kern.lock'
const UNLOCK = 'res_spin_unlock kern.lock'

const SET_CALLBACK = [
  LOCK,
  'read kern.cb',
  'atomic_read usercnt',
  'read cb.prog',
  'atomic_fetch_add_unless aux->refcnt',
  'write cb.prog',
  'smp_store_release cb.callback_fn',
  UNLOCK,
] as const

const SCHEDULE = [
  'refcount_inc_not_zero rcu_users',
  LOCK,
  'read kern.cb',
  'read cb.prog',
  'read st',
  'write st',
  'write task',
  'write mode',
  'atomic_add aux->refcnt',
  'write run_prog',
  'refcount_inc refcnt',
  UNLOCK,
] as const

test('the first submit is init, set_callback and schedule, each under the lock of its own', () => {
  const world = new World()
  const call = world.call(() => world.submit())
  expect(world.end(call.frame)).toEqual([
    'READ_ONCE kern.cb',
    LOCK,
    'read kern.cb',
    'WRITE_ONCE kern.cb',
    'smp_mb',
    'atomic_read usercnt',
    UNLOCK,
    ...SET_CALLBACK,
    ...SCHEDULE,
  ])
  expect(call.err()).toBe(0)
  expect(world.refs()).toEqual(IN_FLIGHT)
  expect(world.state()).toBe('PENDING')
  expect(world.titles()).toEqual([])
})

test('a later one finds the object: that init returns -EBUSY is no error, and the same program takes no reference', () => {
  const world = new World()
  const tw = world.bring('IDLE')
  const call = world.call(() => world.submit())
  const same = SET_CALLBACK.filter((step) => !/aux|write/.test(step))
  expect(world.end(call.frame)).toEqual(['READ_ONCE kern.cb', ...same, ...SCHEDULE])
  expect([call.err(), world.tw()]).toEqual([0, tw])
  expect(world.refs()).toEqual(IN_FLIGHT)
})

test('schedule gives -EBUSY in each state but IDLE, and returns the reference of the task', () => {
  for (const state of ['PENDING', 'QUEUED', 'RUNNING'] as const) {
    const world = new World()
    world.bring(state)
    const call = world.call(() => world.submit())
    expect(world.end(call.frame).slice(-6)).toEqual([
      LOCK,
      'read kern.cb',
      'read cb.prog',
      'read st',
      UNLOCK,
      'refcount_dec_and_test rcu_users',
    ])
    expect([call.err(), world.state()]).toEqual([-EBUSY, state])
    expect(world.refs()).toEqual(IN_FLIGHT)
  }
})

test('S1: for a task that is gone schedule gives -EPERM before it takes the lock', () => {
  const world = new World()
  world.bring('IDLE')
  world.target.rcu_users.refs.value = 0
  const call = world.call(() => world.schedule())
  expect(world.end(call.frame)).toEqual(['refcount_inc_not_zero rcu_users'])
  expect(call.err()).toBe(-EPERM)
})

test('S3: without an object, or with one whose callback was never set, schedule gives -EINVAL', () => {
  const world = new World()
  const none = world.call(() => world.schedule())
  world.end(none.frame)
  world.end(world.call(() => world.init()).frame)
  const unset = world.call(() => world.schedule())
  world.end(unset.frame)
  expect([none.err(), unset.err()]).toEqual([-EINVAL, -EINVAL])
  expect(world.refs()).toEqual({ ...NOTHING, tw: 1 })
})

test('schedule fails with the lock, and gives the task back', () => {
  const world = new World()
  world.bring('IDLE')
  const cpu = world.cpu()
  const holder = world.call(() => world.schedule(), { cpu })
  world.until(holder.frame, 'read', world.kern.cb)
  const nmi = world.call(() => world.schedule(), { cpu, level: Level.Nmi })
  expect(world.end(nmi.frame)).toEqual([
    'refcount_inc_not_zero rcu_users',
    LOCK,
    'refcount_dec_and_test rcu_users',
  ])
  const other = world.call(() => world.schedule())
  world.end(other.frame)
  expect([nmi.err(), other.err()]).toEqual([-EDEADLK, -ETIMEDOUT])
  world.end(holder.frame)
  expect(world.refs()).toEqual(IN_FLIGHT)
})

test("6.18: an NMI between the compare-and-exchange and the held-table entry gets -ETIMEDOUT for its own CPU's lock", () => {
  const world = new World()
  world.bring('IDLE')
  const cpu = world.cpu()
  const holder = world.call(() => world.schedule(), { cpu })
  world.until(holder.frame, 'grab_held_lock_entry')
  const nmi = world.call(() => world.schedule(), { cpu, level: Level.Nmi })
  world.end(nmi.frame)
  expect(nmi.err()).toBe(-ETIMEDOUT)
})

test('in NMI a failed schedule may drop the last reference of a task that died meanwhile: not NMI-safe', () => {
  const world = new World()
  world.bring('IDLE')
  const cpu = world.cpu()
  const holder = world.call(() => world.submit(), { cpu })
  world.until(holder.frame, 'read', world.kern.cb)
  const nmi = world.call(() => world.schedule(), { cpu, level: Level.Nmi })
  world.until(nmi.frame, 'res_spin_lock')
  world.target.rcu_users.refs.value = 1
  world.end(nmi.frame)
  expect(world.titles()).toEqual(['context-violation: call_rcu() is not NMI-safe, but is called in NMI'])
})

test('an NMI that submits at any step of a submit does no harm: what was accepted runs, and no reference is left', () => {
  const outline = new World()
  const length = stepsOf(outline)
  const outcomes = new Set<string>()
  for (let at = 0; at <= length; at++) {
    const world = new World()
    const cpu = world.cpu()
    const first = world.call(() => world.submit(), { cpu })
    for (let i = 0; i < at; i++) world.take(first.frame)
    const nmi = world.call(() => world.submit(), { cpu, level: Level.Nmi })
    world.end(nmi.frame)
    world.end(first.frame)
    world.run()
    const errs = [first.err()!, nmi.err()!]
    outcomes.add(errs.join(' '))
    expect(world.runs.length).toBe(errs.filter((err) => err === 0).length)
    expect([world.state(), world.refs()]).toEqual(['IDLE', AT_REST])
    expect(world.titles()).toEqual([])
    world.end(world.call(() => world.free()).frame)
    world.run()
    expect([world.refs(), world.live(), world.titles()]).toEqual([NOTHING, [], []])
  }
  const expected = [`${-EBUSY} 0`, `0 ${-EBUSY}`, `0 ${-EDEADLK}`, `0 ${-ETIMEDOUT}`]
  for (const outcome of expected) expect(outcomes).toContain(outcome)
})

function stepsOf(world: World): number {
  const { frame } = world.call(() => world.submit())
  let steps = 0
  while (frame.state !== 'done') {
    world.take(frame)
    steps++
  }
  return steps
}
