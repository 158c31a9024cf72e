import {
  ETIMEDOUT,
  type KernelPath,
  raw_spin_lock_irqsave,
  raw_spin_unlock_irqrestore,
  TWA_SIGNAL,
  work_exited,
} from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { AT_REST, IN_FLIGHT, NOTHING, World } from './world.ts'

test('the irq_work adds the task work under the lock', () => {
  const world = new World()
  const tw = world.bring('PENDING')
  const irq = world.irq('irq_work')
  world.until(irq, 'try_cmpxchg', world.target.task_works)
  expect([world.state(), world.kern.lock.holder]).toEqual(['PENDING', irq])
  world.take(irq)
  expect(world.state()).toBe('PENDING')
  world.end(irq)
  expect([world.state(), world.refs(tw)]).toEqual(['QUEUED', IN_FLIGHT])
})

test('its steps are H1 to H4', () => {
  const world = new World()
  world.bring('PENDING')
  expect(world.end(world.irq('irq_work'))).toEqual([
    'smp_mb',
    'res_spin_lock kern.lock',
    'read run_prog',
    'read task',
    'read freed',
    'read mode',
    'try_cmpxchg task_works',
    'write st',
    'res_spin_unlock kern.lock',
  ])
})

test('H3: a task that takes no more work makes the firing IDLE again, and nobody is told', () => {
  const world = new World()
  world.bring('PENDING')
  world.target.task_works.value = work_exited()
  const steps = world.end(world.irq('irq_work'))
  expect(steps.slice(-5)).toEqual([
    'write st',
    'res_spin_unlock kern.lock',
    'atomic_dec_and_test aux->refcnt',
    'refcount_dec_and_test rcu_users',
    'refcount_dec_and_test refcnt',
  ])
  expect([world.state(), world.refs(), world.runs]).toEqual(['IDLE', AT_REST, []])
})

test('H2: freed meanwhile, it adds nothing and drops the firing; the object dies with the last reference', () => {
  const world = new World()
  const tw = world.bring('PENDING')
  const irq = world.irq('irq_work')
  const free = world.call(() => world.free())
  world.end(free.frame)
  world.end(world.irq('irq_work'))
  expect(world.refs(tw)).toEqual({ prog: 2, task: 3, tw: 1 })
  expect(world.end(irq).slice(-7)).toEqual([
    'read task',
    'read freed',
    'res_spin_unlock kern.lock',
    'atomic_dec_and_test aux->refcnt',
    'refcount_dec_and_test rcu_users',
    'refcount_dec_and_test refcnt',
    'call_rcu cb.rcu',
  ])
  world.run()
  expect([world.runs, world.refs(), world.live(), world.titles()]).toEqual([[], NOTHING, [], []])
})

test('H1: if the lock fails it queues itself again, and the firing is not lost', () => {
  const world = new World()
  world.bring('PENDING')
  const irq = world.irq('irq_work')
  const holder = world.call(() => world.schedule())
  world.until(holder.frame, 'read', world.kern.cb)
  world.until(irq, 'retry')
  expect(world.enabled()).not.toContain(irq.index)
  world.end(holder.frame)
  expect(world.end(irq)).toEqual(['retry kern.lock'])
  const again = world.irq('irq_work')
  expect([again === irq, again.cpu, world.state()]).toEqual([false, irq.cpu, 'PENDING'])
  world.run()
  expect([world.runs.length, world.state(), world.refs(), world.titles()]).toEqual([1, 'IDLE', AT_REST, []])
})

test('the task may come to the callback before the irq_work unlocked: the lock keeps it waiting, RUNNING comes after QUEUED', () => {
  const world = new World()
  world.bring('PENDING')
  const irq = world.irq('irq_work')
  const { st } = world.tw()
  world.until(irq, 'write', st)
  world.until(world.targetFrame, 'retry')
  expect(world.enabled()).not.toContain(world.targetFrame.index)
  world.end(irq)
  expect(world.state()).toBe('QUEUED')
  world.run()
  expect([world.runs.length, world.state(), world.refs(), world.titles()]).toEqual([1, 'IDLE', AT_REST, []])
})

test('TWA_SIGNAL makes the order lock, then pi_lock: a program that runs under pi_lock fails with the lock held against it', () => {
  const world = new World()
  world.bring('PENDING', TWA_SIGNAL)
  const irq = world.irq('irq_work')
  const underPiLock = world.call(function* (): KernelPath<number> {
    const flags = yield* raw_spin_lock_irqsave(world.target.pi_lock)
    const err = yield* world.schedule()
    yield* raw_spin_unlock_irqrestore(world.target.pi_lock, flags)
    return err
  })
  world.until(underPiLock.frame, 'res_spin_lock')
  world.until(irq, 'raw_spin_lock')
  expect(world.enabled()).not.toContain(irq.index)
  // rqspinlock's tables know nothing of pi_lock: no -EDEADLK, but the timeout, with interrupts off on both
  // CPUs.
  world.end(underPiLock.frame)
  expect(underPiLock.err()).toBe(-ETIMEDOUT)
  world.run()
  expect([world.runs.length, world.state()]).toEqual([1, 'IDLE'])
})
