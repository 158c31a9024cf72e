import { EBUSY, in_atomic, Level } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { AT_REST, IN_FLIGHT, NOTHING, World } from './world.ts'

const FRAMED = (steps: readonly string[]): string[] => [
  'rcu_read_lock_trace',
  ...steps,
  'rcu_read_unlock_trace',
  'atomic_dec_and_test aux->refcnt',
  'refcount_dec_and_test rcu_users',
  'refcount_dec_and_test refcnt',
]

const LOCK = 'res_spin_lock kern.lock'
const UNLOCK = 'res_spin_unlock kern.lock'
const C3 = ['read cb.callback_fn', 'write st', UNLOCK] as const
const C5 = [LOCK, 'write st', UNLOCK] as const

/** What trace steps name beside the operation: the frame's own word. */
function plain(steps: readonly string[]): string[] {
  return steps
    .map((step) => step.replace(/(lock_trace).*/, '$1'))
    .filter((step) => !step.includes('task_works'))
}

test('the callback takes the steps C1 to C6', () => {
  const world = new World()
  world.bring('QUEUED')
  expect(plain(world.toUserMode())).toEqual(
    FRAMED([LOCK, 'read run_prog', 'read task', 'read freed', ...C3, ...C5]),
  )
  expect([world.state(), world.refs(), world.titles()]).toEqual(['IDLE', AT_REST, []])
})

test('the BPF callback gets map, key and value in the target task, without the lock, where it may sleep, in a reader section', () => {
  const world = new World()
  const seen: unknown[] = []
  world.body = function* () {
    const { level, traceNesting, migrateDisabled } = world.targetFrame
    seen.push(level, traceNesting, migrateDisabled, in_atomic(), world.state(), world.kern.lock.holder)
  }
  world.bring('QUEUED')
  world.toUserMode()
  const { map, value, targetFrame: frame } = world
  expect(world.runs).toEqual([{ who: 'prog', map, key: 7, value, frame }])
  expect(seen).toEqual([Level.Task, 1, 1, false, 'RUNNING', null])
})

test('C2: freed before, it runs nothing and drops the firing', () => {
  const world = new World()
  const tw = world.bring('QUEUED')
  world.end(world.call(() => world.free()).frame)
  world.end(world.irq('irq_work'))
  expect(plain(world.toUserMode())).toEqual([
    ...FRAMED([LOCK, 'read run_prog', 'read task', 'read freed', UNLOCK]),
    'call_rcu cb.rcu',
  ])
  world.run()
  expect([world.runs, tw.object.life.peek(), world.refs(), world.titles()]).toEqual([
    [],
    'freed',
    NOTHING,
    [],
  ])
})

test('C5: freed while it runs, it runs to its end, and drops the last reference', () => {
  const world = new World()
  const tw = world.bring('RUNNING')
  world.end(world.call(() => world.free()).frame)
  world.end(world.irq('irq_work'))
  expect(world.refs(tw)).toEqual({ prog: 2, task: 3, tw: 1 })
  expect(plain(world.toUserMode()).slice(0, 3)).toEqual(C5)
  world.run()
  expect([world.runs.length, world.refs(), world.live(), world.titles()]).toEqual([1, NOTHING, [], []])
})

test('C1, C5: if the lock fails it tries again until it succeeds', () => {
  for (const state of ['QUEUED', 'RUNNING'] as const) {
    const world = new World()
    world.bring(state)
    const holder = world.call(() => world.schedule())
    world.until(holder.frame, 'read', world.kern.cb)
    world.until(world.targetFrame, 'retry')
    expect(world.enabled()).not.toContain(world.targetFrame.index)
    world.end(holder.frame)
    expect(holder.err()).toBe(-EBUSY)
    world.run()
    expect([world.runs.length, world.state(), world.refs(), world.titles()]).toEqual([1, 'IDLE', AT_REST, []])
  }
})

test('a callback cannot submit its own value again', () => {
  const world = new World()
  const errs: number[] = []
  world.body = function* () {
    errs.push(yield* world.submit())
  }
  world.bring('QUEUED')
  world.toUserMode()
  expect([errs, world.state(), world.refs()]).toEqual([[-EBUSY], 'IDLE', AT_REST])
})

test('what runs is what is set by then: a refused submit of another program replaces the callback of the accepted one', () => {
  for (const state of ['PENDING', 'QUEUED'] as const) {
    const world = new World()
    world.bring(state)
    const other = world.load('other')
    const call = world.call(() => world.submit(other))
    world.end(call.frame)
    expect([call.err(), world.refs().prog, other.aux.refcnt.peek()]).toEqual([-EBUSY, 2, 2])
    world.body = function* () {
      // The firing's reference is one of the program that runs.
      expect([world.prog.aux.refcnt.peek(), other.aux.refcnt.peek()]).toEqual([1, 3])
    }
    world.run()
    expect(world.runs.map(({ who }) => who)).toEqual(['other'])
    expect([world.state(), world.refs().prog, other.aux.refcnt.peek(), world.titles()]).toEqual([
      'IDLE',
      1,
      2,
      [],
    ])
  }
})

test('once the callback runs, another set_callback is for the next firing, and does not take its program away', () => {
  const world = new World()
  world.bring('RUNNING')
  const other = world.load('other')
  world.end(world.call(() => world.set_callback(other)).frame)
  expect(world.refs().prog).toBe(2)
  world.run()
  expect(world.runs.map(({ who }) => who)).toEqual(['prog'])
  expect([world.refs().prog, other.aux.refcnt.peek()]).toEqual([1, 2])
})

test("three calls: A inits, A sets, B sets, A schedules; B's callback runs for A", () => {
  const world = new World()
  const other = world.load('other')
  for (const path of [
    () => world.init(),
    () => world.set_callback(),
    () => world.set_callback(other),
    () => world.schedule(),
  ])
    world.end(world.call(path).frame)
  world.run()
  expect(world.runs.map(({ who }) => who)).toEqual(['other'])
})

test('two submits of one program have the same callback: the accepted one counts, whichever was set last', () => {
  const world = new World()
  world.end(world.call(() => world.submit(world.prog, 'accepted')).frame)
  const refused = world.call(() => world.submit(world.prog, 'refused'))
  world.end(refused.frame)
  expect([refused.err(), world.refs()]).toEqual([-EBUSY, IN_FLIGHT])
  world.run()
  expect(world.runs.map(({ who }) => who)).toEqual(['accepted'])
})
