import {
  bpf_map_put_with_uref,
  EBUSY,
  EDEADLK,
  EINVAL,
  ENOENT,
  ENOMEM,
  EPERM,
} from '@bottom-half/kernel-model'
import { ETIMEDOUT, Level } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { NOTHING, World } from './world.ts'

test('I1: with an object there init gives -EBUSY after one read, and takes neither memory nor lock', () => {
  const world = new World()
  world.bring('IDLE')
  const call = world.call(() => world.init())
  expect(world.end(call.frame)).toEqual(['READ_ONCE kern.cb'])
  expect(call.err()).toBe(-EBUSY)
})

test('I2: without memory init gives -ENOMEM, and submit gives up', () => {
  const world = new World()
  const call = world.call(() => world.submit())
  world.until(call.frame, 'unit_alloc')
  world.take(call.frame, 1)
  expect(world.end(call.frame)).toEqual([])
  expect([call.err(), world.kern.cb.peek()]).toEqual([-ENOMEM, null])
  expect([world.refs(), world.live()]).toEqual([NOTHING, []])
})

test('I3: if the lock fails init gives its error, and frees the memory that it took before', () => {
  const world = new World()
  const cpu = world.cpu()
  const holder = world.call(() => world.init(), { cpu })
  world.until(holder.frame, 'WRITE_ONCE')
  const nmi = world.call(() => world.init(), { cpu, level: Level.Nmi })
  expect(world.end(nmi.frame)).toEqual(['READ_ONCE kern.cb', 'res_spin_lock kern.lock'])
  const other = world.call(() => world.init())
  world.end(other.frame)
  expect([nmi.err(), other.err()]).toEqual([-EDEADLK, -ETIMEDOUT])
  world.end(holder.frame)
  expect([holder.err(), world.live()]).toEqual([0, ['bpf_async_task_work']])
})

test('I4: of two inits that both found nothing one publishes, the other one frees its memory after unlock', () => {
  const world = new World()
  const slow = world.call(() => world.init())
  world.until(slow.frame, 'res_spin_lock')
  const fast = world.call(() => world.init())
  world.end(fast.frame)
  const tw = world.tw()
  expect(world.end(slow.frame)).toEqual([
    'res_spin_lock kern.lock',
    'read kern.cb',
    'res_spin_unlock kern.lock',
  ])
  expect([fast.err(), slow.err(), world.tw()]).toEqual([0, -EBUSY, tw])
  expect(world.live()).toEqual(['bpf_async_task_work'])
})

test('I6: with no fd left init takes the object back, and gives -EPERM', () => {
  const world = new World()
  world.map.usercnt.value = 0
  const call = world.call(() => world.init())
  expect(world.end(call.frame)).toEqual([
    'READ_ONCE kern.cb',
    'res_spin_lock kern.lock',
    'read kern.cb',
    'WRITE_ONCE kern.cb',
    'smp_mb',
    'atomic_read usercnt',
    'WRITE_ONCE kern.cb',
    'res_spin_unlock kern.lock',
  ])
  expect([call.err(), world.kern.cb.peek(), world.live()]).toEqual([-EPERM, null, []])
})

test('I5, I6: wherever the last fd is closed during an init, no object outlives it', () => {
  const length = 40
  const errs = new Set<number>()
  for (let at = 0; at < length; at++) {
    const world = new World()
    const init = world.call(() => world.init())
    for (let i = 0; i < at && init.frame.state !== 'done'; i++) world.take(init.frame)
    const closer = world.task(world.cpu(), () => bpf_map_put_with_uref(world.map))
    // The lock of cancel_and_free waits here: a timeout is another test's subject.
    while (world.machine.frames[closer]!.state !== 'done') {
      const waits = world.machine.frames[closer]!.next?.op === 'res_spin_lock slow path'
      if (waits && world.kern.lock.val.peek() !== 0) world.take(init.frame)
      else world.take(front(world, closer))
    }
    world.run()
    errs.add(init.err()!)
    expect([world.kern.cb.peek(), world.live(), world.titles()]).toEqual([null, [], []])
  }
  expect([...errs].sort((a, b) => a - b)).toEqual([-EPERM, 0])
})

/** What must move for the frame to move: a handler on its CPU, or itself. */
function front(world: World, frame: number): World['machine']['frames'][number] {
  const { cpu } = world.machine.frames[frame]!
  return (
    cpu.top() ?? cpu.pending.find((f) => f.immediate && cpu.admits(f.level)) ?? world.machine.frames[frame]!
  )
}

test('F2: without an object set_callback gives -EINVAL, with no fd left -EPERM', () => {
  const world = new World()
  const none = world.call(() => world.set_callback())
  expect(world.end(none.frame)).toEqual([
    'res_spin_lock kern.lock',
    'read kern.cb',
    'res_spin_unlock kern.lock',
  ])
  world.end(world.call(() => world.init()).frame)
  world.map.usercnt.value = 0
  const late = world.call(() => world.set_callback())
  world.end(late.frame)
  expect([none.err(), late.err(), world.tw().cb.prog.peek()]).toEqual([-EINVAL, -EPERM, null])
})

test('F3: a program whose last reference is gone gets -ENOENT, and nothing is changed', () => {
  const world = new World()
  const tw = world.bring('IDLE')
  const other = world.load('other')
  other.aux.refcnt.value = 0
  const call = world.call(() => world.set_callback(other))
  world.end(call.frame)
  expect([call.err(), tw.cb.prog.peek(), tw.cb.callback_fn.peek()!.prog]).toEqual([
    -ENOENT,
    world.prog,
    world.prog,
  ])
})

test('F1: set_callback fails with the lock, without a trace', () => {
  const world = new World()
  const tw = world.bring('IDLE')
  const cpu = world.cpu()
  const other = world.load('other')
  const holder = world.call(() => world.schedule(), { cpu })
  world.until(holder.frame, 'read', tw.st)
  const nmi = world.call(() => world.set_callback(other), { cpu, level: Level.Nmi })
  const remote = world.call(() => world.set_callback(other))
  world.end(nmi.frame)
  world.end(remote.frame)
  expect([nmi.err(), remote.err()]).toEqual([-EDEADLK, -ETIMEDOUT])
  expect([tw.cb.prog.peek(), other.aux.refcnt.peek()]).toEqual([world.prog, 1])
})

test('F6: a swap puts the former program after unlock', () => {
  const world = new World()
  const tw = world.bring('IDLE')
  const other = world.load('other')
  const call = world.call(() => world.set_callback(other))
  expect(world.end(call.frame)).toEqual([
    'res_spin_lock kern.lock',
    'read kern.cb',
    'atomic_read usercnt',
    'read cb.prog',
    'atomic_fetch_add_unless aux->refcnt',
    'write cb.prog',
    'smp_store_release cb.callback_fn',
    'res_spin_unlock kern.lock',
    'atomic_dec_and_test aux->refcnt',
  ])
  expect([tw.cb.prog.peek(), world.refs().prog, other.aux.refcnt.peek()]).toEqual([other, 1, 2])
})

test('F6: in NMI an irq_work puts it; until that is done, another swap in NMI gives -EBUSY', () => {
  const world = new World()
  const tw = world.bring('IDLE')
  const cpu = world.cpu()
  const [second, third] = [world.load('second'), world.load('third')]
  const swap = world.call(() => world.set_callback(second), { cpu, level: Level.Nmi })
  world.end(swap.frame)
  expect([swap.err(), world.refs(), tw.put_prog.peek()]).toEqual([0, { prog: 2, task: 2, tw: 2 }, world.prog])
  const again = world.call(() => world.set_callback(third), { level: Level.Nmi })
  world.end(again.frame)
  expect([again.err(), tw.cb.prog.peek(), third.aux.refcnt.peek()]).toEqual([-EBUSY, second, 1])
  expect(world.end(world.irq('irq_work'))).toEqual([
    'smp_mb',
    'xchg put_prog',
    'atomic_dec_and_test aux->refcnt',
    'refcount_dec_and_test refcnt',
  ])
  expect([world.refs(), tw.put_prog.peek()]).toEqual([{ prog: 1, task: 2, tw: 1 }, null])
  expect(world.titles()).toEqual([])
})
