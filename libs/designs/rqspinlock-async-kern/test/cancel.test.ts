import { EBUSY, Level } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { IN_FLIGHT, NOTHING, World } from './world.ts'

test('D1: without an object it is one read', () => {
  const world = new World()
  expect(world.end(world.call(() => world.free()).frame)).toEqual(['READ_ONCE kern.cb'])
})

test('it takes the steps D1 to D5, and leaves the puts to an irq_work: X1, X2', () => {
  const world = new World()
  const tw = world.bring('IDLE')
  expect(world.end(world.call(() => world.free()).frame)).toEqual([
    'READ_ONCE kern.cb',
    'res_spin_lock kern.lock',
    'read kern.cb',
    'write freed',
    'WRITE_ONCE kern.cb',
    'res_spin_unlock kern.lock',
  ])
  expect([world.kern.cb.peek(), world.refs(tw)]).toEqual([null, { prog: 2, task: 2, tw: 1 }])
  expect(world.end(world.irq('irq_work'))).toEqual([
    'smp_mb',
    'read cb.prog',
    'atomic_dec_and_test aux->refcnt',
    'refcount_dec_and_test refcnt',
    'call_rcu cb.rcu',
  ])
  world.run()
  expect([world.refs(), world.live(), world.titles()]).toEqual([NOTHING, [], []])
})

test('X1: an object whose callback was never set has no program to put', () => {
  const world = new World()
  world.end(world.call(() => world.init()).frame)
  world.end(world.call(() => world.free()).frame)
  world.run()
  expect([world.refs(), world.live(), world.titles()]).toEqual([NOTHING, [], []])
})

test('D3: of two, one finds nothing left', () => {
  const world = new World()
  world.bring('IDLE')
  const slow = world.call(() => world.free())
  world.until(slow.frame, 'res_spin_lock')
  world.end(world.call(() => world.free()).frame)
  expect(world.end(slow.frame)).toEqual([
    'res_spin_lock kern.lock',
    'read kern.cb',
    'res_spin_unlock kern.lock',
  ])
  world.run()
  expect([world.refs(), world.live(), world.titles()]).toEqual([NOTHING, [], []])
})

test('in each state, and in NMI, it cancels what has not begun and frees everything', () => {
  for (const state of ['IDLE', 'PENDING', 'QUEUED', 'RUNNING'] as const) {
    for (const level of [Level.Task, Level.Nmi]) {
      const world = new World()
      const tw = world.bring(state)
      const began = world.runs.length
      const { frame } = world.call(() => world.free(), { level })
      world.finish(frame.index)
      expect(world.kern.cb.peek()).toBeNull()
      world.run()
      expect([world.runs.length, tw.object.life.peek()]).toEqual([began, 'freed'])
      expect([world.refs(), world.live(), world.titles()]).toEqual([NOTHING, [], []])
    }
  }
})

test('D4: the task work stays queued, and all that the firing holds stays until the task returns to user mode', () => {
  const world = new World()
  const tw = world.bring('QUEUED')
  world.end(world.call(() => world.free()).frame)
  world.end(world.irq('irq_work'))
  expect(world.target.task_works.peek()).toBe(tw.work)
  expect([world.refs(tw), tw.object.life.peek()]).toEqual([{ prog: 2, task: 3, tw: 1 }, 'live'])
})

test('the slot may be used again at once, with a new object, while the old firing is still in flight', () => {
  const world = new World()
  const old = world.bring('QUEUED')
  world.end(world.call(() => world.free()).frame)
  const call = world.call(() => world.submit(world.prog, 'next'))
  world.end(call.frame)
  expect([call.err(), world.tw() === old, world.state()]).toEqual([0, false, 'PENDING'])
  world.run()
  expect(world.runs.map(({ who }) => who)).toEqual(['next'])
  expect([old.object.life.peek(), world.state(), world.titles()]).toEqual(['freed', 'IDLE', []])
})

test('D2, the claim: in an NMI over another cancel_and_free giving up is right, the interrupted one frees', () => {
  const world = new World()
  world.bring('QUEUED')
  const cpu = world.cpu()
  const lower = world.call(() => world.free(), { cpu })
  world.until(lower.frame, 'read', world.kern.cb)
  world.end(world.call(() => world.free(), { cpu, level: Level.Nmi }).frame)
  world.end(lower.frame)
  world.run()
  expect([world.runs, world.refs(), world.live(), world.titles()]).toEqual([[], NOTHING, [], []])
})

test('D2, the oddity: over any other holder the free is lost, the object stays, and the callback runs all the same', () => {
  for (const holder of ['init', 'set_callback', 'schedule'] as const) {
    const world = new World()
    const cpu = world.cpu()
    const lower = world.call(() => world[holder](), { cpu })
    world.until(lower.frame, 'res_spin_lock')
    const tw = world.bring('PENDING')
    world.until(lower.frame, 'read', world.kern.cb)
    const nmi = world.call(() => world.free(), { cpu, level: Level.Nmi })
    expect(world.end(nmi.frame)).toEqual(['READ_ONCE kern.cb', 'res_spin_lock kern.lock'])
    world.end(lower.frame)
    expect([world.kern.cb.peek(), tw.freed.peek(), world.refs()]).toEqual([tw, false, IN_FLIGHT])
    world.run()
    expect([world.runs.length, world.live()]).toEqual([1, ['bpf_async_task_work']])
    expect(world.refs()).toEqual({ prog: 2, task: 2, tw: 1 })
  }
})

test('D2: on another CPU than a delayed holder the free is lost too, whoever holds the lock', () => {
  const world = new World()
  world.bring('PENDING')
  const irq = world.irq('irq_work')
  world.until(irq, 'read', world.tw().freed)
  world.end(world.call(() => world.free()).frame)
  world.run()
  expect(world.runs.length).toBe(1)
  expect(world.live()).toEqual(['bpf_async_task_work'])
})

test('after a lost free the next key finds the former object, and what was scheduled for the former one', () => {
  const world = new World()
  const tw = world.bring('PENDING')
  const irq = world.irq('irq_work')
  world.until(irq, 'read', tw.freed)
  world.end(world.call(() => world.free()).frame)
  world.end(irq)
  const next = world.call(() => world.submit())
  world.end(next.frame)
  expect([next.err(), world.tw()]).toEqual([-EBUSY, tw])
})
