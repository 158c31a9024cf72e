import { create_task, EBADF, EBUSY, ENOMEM, EPERM, Level, live_objects } from '@bottom-half/kernel-model'
import {
  TASK_INTERRUPTIBLE,
  TASK_RUNNING,
  TIF_NOTIFY_RESUME,
  TIF_NOTIFY_SIGNAL,
} from '@bottom-half/kernel-model'
import { TWA_NMI_CURRENT, TWA_RESUME, TWA_SIGNAL } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { BPF_TW_PENDING } from '../src/state.ts'
import { bpf_task_work_schedule_resume, bpf_task_work_schedule_signal } from '../src/submit.ts'
import { AT_REST, HELD, stateOf, World } from './world.ts'

const BUSY_STATES = ['PENDING', 'SCHEDULING', 'SCHEDULED', 'RUNNING'] as const

test('the first schedule takes the steps of the posted text in their order', () => {
  const world = new World()
  const call = world.schedule()
  expect(world.finish(call.frame)).toEqual([
    'atomic_fetch_add_unless aux->refcnt',
    'atomic_read usercnt',
    'refcount_inc_not_zero rcu_users',
    'rcu_read_lock_trace',
    'READ_ONCE value.tw.ctx',
    'memset state',
    'cmpxchg value.tw.ctx',
    'cmpxchg state',
    'rcu_read_unlock_trace',
    'write task',
    'write callback_fn',
    'write prog',
    'write mode',
    'write map',
    'write map_val',
    'write irq_work.func',
    'write work.func',
  ])
  expect(call.err()).toBe(0)
  expect(world.refs()).toEqual(HELD)
  expect(stateOf(world.ctx())).toBe('PENDING')
})

test('the fields are filled by the owner, after the context was published and claimed', () => {
  const world = new World()
  const { frame } = world.schedule()
  world.until(frame, 'write')
  const ctx = world.ctx()
  expect(ctx.state.peek()).toBe(BPF_TW_PENDING)
  expect(frame.next!.cell).toBe(ctx.task)
  expect(ctx.task.peek()).toBeNull()
  world.finish(frame)
  expect(ctx.task.peek()).toBe(world.target)
  expect(ctx.prog.peek()).toBe(world.prog)
  expect(ctx.map.peek()).toBe(world.map)
  expect(ctx.map_val.peek()).toBe(world.value)
  expect(ctx.mode.peek()).toBe(TWA_RESUME)
})

test('a later schedule uses the context that is there', () => {
  const world = new World()
  const ctx = world.bring('STANDBY')
  const call = world.schedule()
  expect(world.finish(call.frame).slice(3, 7)).toEqual([
    'rcu_read_lock_trace',
    'READ_ONCE value.tw.ctx',
    'cmpxchg state',
    'rcu_read_unlock_trace',
  ])
  expect(world.ctx()).toBe(ctx)
  expect(call.err()).toBe(0)
})

test('a program without references gives -EBADF, and nothing was touched', () => {
  const world = new World()
  world.prog.aux.refcnt.value = 0
  const call = world.schedule()
  expect(world.finish(call.frame)).toEqual(['atomic_fetch_add_unless aux->refcnt'])
  expect(call.err()).toBe(-EBADF)
})

test('a map without users gives -EBADF, and the program reference is dropped', () => {
  const world = new World()
  world.map.usercnt.value = 0
  const call = world.schedule()
  world.finish(call.frame)
  expect(call.err()).toBe(-EBADF)
  expect(world.refs()).toEqual(AT_REST)
})

test('a task without references gives -EPERM, and the program reference is dropped', () => {
  const world = new World()
  world.target.rcu_users.refs.value = 0
  const call = world.schedule()
  world.finish(call.frame)
  expect(call.err()).toBe(-EPERM)
  expect(world.refs()).toEqual({ prog: 1, task: 0 })
})

test('a failed allocation gives -ENOMEM outside the reader section, and all references are dropped', () => {
  const world = new World()
  const call = world.schedule()
  world.until(call.frame, 'unit_alloc')
  expect(call.frame.traceNesting).toBe(1)
  world.step(call.frame, 1)
  expect(world.finish(call.frame)).toEqual([
    'rcu_read_unlock_trace',
    'refcount_dec_and_test rcu_users',
    'atomic_dec_and_test aux->refcnt',
  ])
  expect(call.err()).toBe(-ENOMEM)
  expect(call.frame.traceNesting).toBe(0)
  expect(world.refs()).toEqual(AT_REST)
  expect(world.tw.ctx.peek()).toBeNull()
})

test('an NMI that interrupts the allocator gets -ENOMEM with memory left', () => {
  const world = new World()
  const below = world.schedule({ cpu: world.cpu })
  world.until(below.frame, 'local_dec')
  const nmi = world.schedule({ level: Level.Nmi, cpu: world.cpu })
  world.finish(nmi.frame)
  expect(nmi.err()).toBe(-ENOMEM)
  world.finish(below.frame)
  expect(below.err()).toBe(0)
})

test.each(BUSY_STATES)('a context in %s gives -EBUSY, and all references are dropped', (state) => {
  const world = new World()
  const ctx = world.bring(state)
  const call = world.schedule()
  world.finish(call.frame)
  expect(call.err()).toBe(-EBUSY)
  expect(world.refs()).toEqual(HELD)
  expect(stateOf(ctx)).toBe(state)
})

test('a context that was freed after it was read gives -EBUSY', () => {
  const world = new World()
  const ctx = world.bring('STANDBY')
  const call = world.schedule()
  world.until(call.frame, 'cmpxchg', ctx.state)
  world.finish(world.cancel_and_free())
  expect(stateOf(ctx)).toBe('FREED')
  world.finish(call.frame)
  expect(call.err()).toBe(-EBUSY)
  expect(world.refs()).toEqual(AT_REST)
})

test('the reader section keeps a freed context from being given out, in NMI too', () => {
  const world = new World()
  const ctx = world.bring('STANDBY')
  const call = world.schedule({ level: Level.Nmi })
  world.until(call.frame, 'cmpxchg', ctx.state)
  expect(call.frame.traceNesting).toBe(1)
  world.finish(world.cancel_and_free())
  const grace = world.machine.frames.at(-1)!
  expect(() => world.step(grace)).toThrow('cannot move')
  world.finish(call.frame)
  world.finish(grace)
  expect(call.err()).toBe(-EBUSY)
  expect(ctx.object.life.peek()).toBe('freed')
  expect(world.findings()).toEqual([])
})

test('who loses the publication frees its own context, and gets -EBUSY of an owned winner', () => {
  const world = new World()
  const loser = world.schedule()
  world.until(loser.frame, 'cmpxchg', world.tw.ctx)
  world.finish(world.schedule().frame)
  const ctx = world.ctx()
  world.finish(loser.frame)
  expect(loser.err()).toBe(-EBUSY)
  expect(world.ctx()).toBe(ctx)
  expect(contexts(world)).toBe(1)
})

test('who loses the publication takes over the context of the winner if nobody owns it yet', () => {
  const world = new World()
  const loser = world.schedule()
  world.until(loser.frame, 'cmpxchg', world.tw.ctx)
  const winner = world.schedule()
  world.until(winner.frame, 'cmpxchg', world.tw.ctx)
  world.step(winner.frame)
  const ctx = world.ctx()
  world.finish(loser.frame)
  expect(loser.err()).toBe(0)
  expect(world.ctx()).toBe(ctx)
  world.finish(winner.frame)
  expect(winner.err()).toBe(-EBUSY)
  expect(contexts(world)).toBe(1)
  expect(world.findings()).toEqual([])
})

function contexts(world: World): number {
  world.machine.moves()
  return live_objects().filter((object) => object.name.startsWith('bpf_task_work_context')).length
}

test('an NMI may schedule while the task that it interrupted does', () => {
  const world = new World()
  const below = world.schedule({ cpu: world.cpu })
  world.until(below.frame, 'cmpxchg', world.tw.ctx)
  const nmi = world.schedule({ level: Level.Nmi, cpu: world.cpu })
  world.finish(nmi.frame)
  world.finish(below.frame)
  expect([nmi.err(), below.err()]).toEqual([0, -EBUSY])
  world.settle()
  expect(world.called).toHaveLength(1)
  expect(world.findings()).toEqual([])
})

test('resume asks for TWA_RESUME in a hardirq, and in an NMI for another task', () => {
  for (const level of [Level.Hardirq, Level.Nmi]) {
    const world = new World()
    world.finish(world.schedule({ level }).frame)
    expect(world.ctx().mode.peek()).toBe(TWA_RESUME)
  }
})

test('resume asks for TWA_NMI_CURRENT in an NMI for the task that it interrupted', () => {
  const world = new World()
  world.finish(world.schedule({ level: Level.Nmi, cpu: world.target.cpu }).frame)
  expect(world.ctx().mode.peek()).toBe(TWA_NMI_CURRENT)
  world.settle()
  expect(world.called).toHaveLength(1)
  expect(world.findings()).toEqual([])
})

test('TWA_NMI_CURRENT is refused with a WARN if the irq_work interrupts another task', () => {
  const world = new World()
  const { cpu } = world.target
  world.finish(world.schedule({ level: Level.Nmi, cpu }).frame)
  // As when the NMI hit __schedule(), which has interrupts off up to the switch.
  world.targetFrame.task = create_task('next', cpu)
  world.finish(world.irq())
  expect(world.findings()).toEqual([
    'warn: WARN_ON_ONCE(task != current) in task_work_add() with TWA_NMI_CURRENT',
  ])
  expect(stateOf(world.ctx())).toBe('STANDBY')
  expect(world.refs()).toEqual(AT_REST)
})

test('resume leaves a sleeping target asleep', () => {
  const world = new World()
  world.target.__state.value = TASK_INTERRUPTIBLE
  world.finish(world.schedule({ kfunc: bpf_task_work_schedule_resume }).frame)
  world.finish(world.irq())
  expect(world.target.ti_flags.peek()).toBe(1 << TIF_NOTIFY_RESUME)
  expect(world.target.__state.peek()).toBe(TASK_INTERRUPTIBLE)
})

test('signal wakes a sleeping target, and its callback runs', () => {
  const world = new World()
  world.target.__state.value = TASK_INTERRUPTIBLE
  const call = world.schedule({ kfunc: bpf_task_work_schedule_signal })
  world.finish(call.frame)
  expect(call.err()).toBe(0)
  expect(world.ctx().mode.peek()).toBe(TWA_SIGNAL)
  world.finish(world.irq())
  expect(world.target.ti_flags.peek()).toBe(1 << TIF_NOTIFY_SIGNAL)
  expect(world.target.__state.peek()).toBe(TASK_RUNNING)
  world.toUserMode()
  expect(world.called).toHaveLength(1)
  expect(world.findings()).toEqual([])
})

test('signal from an NMI asks for TWA_SIGNAL too: only the irq_work wakes', () => {
  const world = new World()
  world.finish(
    world.schedule({ kfunc: bpf_task_work_schedule_signal, level: Level.Nmi, cpu: world.target.cpu }).frame,
  )
  expect(world.ctx().mode.peek()).toBe(TWA_SIGNAL)
  world.settle()
  expect(world.called).toHaveLength(1)
  expect(world.findings()).toEqual([])
})
