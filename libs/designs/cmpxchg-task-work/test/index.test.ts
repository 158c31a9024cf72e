import { create_prog, EBADF, EBUSY, EINVAL, ENOMEM, EPERM, Level } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { bpf_task_work_schedule_signal, cmpxchgTaskWork } from '../src/index.ts'
import { World } from './world.ts'

test.each([
  [0, 'accepted'],
  [-EBUSY, 'busy'],
  [-EBADF, 'dying'],
  [-EPERM, 'dying'],
  [-ENOMEM, 'no-memory'],
])('%i is %s', (errno, outcome) => {
  expect(new World().mechanism.outcome(errno)).toBe(outcome)
})

test('an errno that the text does not return is a bug of the lab', () => {
  expect(() => new World().mechanism.outcome(-EINVAL)).toThrow('[lab bug]')
})

test('there is one revision, as posted', () => {
  expect(cmpxchgTaskWork.revisions.map((revision) => revision.id)).toEqual(['as-posted'])
  expect(() => cmpxchgTaskWork.create('amended')).toThrow(
    '[lab bug] cmpxchg-task-work has no revision amended',
  )
})

test('it promises callbacks in a chosen task, and to cancel on delete', () => {
  const capabilities = { callbackContext: 'task', targetsTask: true, cancelsOnDelete: true }
  expect(cmpxchgTaskWork.capabilities).toEqual(capabilities)
})

test('loading a program leaves nothing behind', () => {
  const world = new World()
  const prog = create_prog('another')
  world.mechanism.load_program(prog)
  expect([prog.aux.irq_work, prog.aux.free_hooks]).toEqual([null, []])
})

test('a submit is bpf_task_work_schedule_resume()', () => {
  const world = new World()
  const { mechanism, prog, map, value, target: task } = world
  const errs: number[] = []
  const frame = world.frame(Level.Hardirq, function* () {
    errs.push(yield* mechanism.submit({ prog, map, value, task, callback_fn: function* () {} }))
  })
  world.finish(frame)
  expect(errs).toEqual([0])
  expect(world.ctx().task.peek()).toBe(task)
})

test('the other kfunc is there for who wants to wake the target', () => {
  const world = new World()
  world.finish(world.schedule({ kfunc: bpf_task_work_schedule_signal }).frame)
  world.settle()
  expect(world.called).toHaveLength(1)
})
