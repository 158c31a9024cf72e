import { expect, test } from 'vitest'
import { alloc_object, callback_head, do_exit, ESRCH, free_object, init_task_work } from '../src/index.ts'
import { type KernelPath, Level, running, task_work_add, TWA_NONE, TWA_RESUME } from '../src/index.ts'
import { TWA_SIGNAL, work_exited } from '../src/index.ts'
import { add, nothing, Tasks } from './tasks.ts'

test('works run newest first: LIFO', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  for (const name of ['a', 'b', 'c']) tasks.boot(add(tasks, user, tasks.work(name), TWA_NONE))
  tasks.boot(add(tasks, user, tasks.work('d')))
  tasks.drive.run()
  expect(tasks.log.slice(4)).toEqual(['d', 'c', 'b', 'a'])
})

test('what a work adds runs before user mode, without any notification', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  const second = tasks.work('second')
  const first = tasks.work('first', add(tasks, user, second, TWA_NONE))
  tasks.boot(add(tasks, user, first))
  tasks.drive.run()
  expect(tasks.log).toEqual(['add first: 0', 'first', 'add second: 0', 'second'])
})

test('a work may add itself again, and may free its node', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  const object = alloc_object('ctx')
  const work = new callback_head('work', null, object)
  let runs = 0
  const func = function* (self: callback_head): KernelPath {
    if (++runs === 1) yield* task_work_add(user, self, TWA_NONE)
    else yield* free_object(object)
  }
  tasks.boot(function* () {
    yield* init_task_work(work, func)
    yield* task_work_add(user, work, TWA_RESUME)
  })
  tasks.drive.run()
  expect(runs).toBe(2)
  expect(tasks.drive.titles()).toEqual([])
})

test('works run in task context, as the task, with interrupts on', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  const seen: unknown[] = []
  const work = tasks.work('w', function* () {
    seen.push(running().level, running().task, running().cpu.irqsOff)
  })
  tasks.boot(add(tasks, user, work))
  tasks.drive.run()
  expect(seen).toEqual([Level.Task, user, false])
})

test('adding a queued work is list corruption', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  const work = tasks.work('w#1')
  tasks.drive.task(tasks.drive.cpu(), function* () {
    yield* task_work_add(user, work, TWA_NONE)
    yield* task_work_add(user, work, TWA_NONE)
  })
  tasks.drive.run()
  expect(tasks.drive.titles()).toEqual(['list-corruption: task_work_add() of w while it is queued'])
})

test('adding a work that is in the batch of a run, but not yet called, is list corruption', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  const [a, b] = [tasks.work('a'), tasks.work('b')]
  for (const work of [a, b]) tasks.boot(add(tasks, user, work))
  tasks.until(tasks.frame('user'), 'b')
  tasks.drive.task(tasks.drive.cpu(), add(tasks, user, a))
  while (!tasks.drive.machine.halted) tasks.drive.step(tasks.drive.machine.frames.length - 1)
  expect(tasks.drive.titles()).toContain('list-corruption: task_work_add() of a while it is queued')
})

test('-ESRCH only after exit_task_work: with PF_EXITING set, an add succeeds and runs without mm', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', do_exit)
  const frame = tasks.frame('user')
  const mm: unknown[] = []
  const work = tasks.work('w', function* () {
    mm.push(user.mm.peek())
  })
  const late = tasks.work('late')
  tasks.until(frame, 'READ_ONCE')
  tasks.boot(add(tasks, user, work))
  tasks.until(frame, 'refcount_dec_and_test')
  tasks.boot(add(tasks, user, late))
  expect(tasks.log).toEqual(['add w: 0', 'w', `add late: ${-ESRCH}`])
  expect(mm).toEqual([null])
  expect(user.exited.peek()).toBe(true)
  expect(late.onList).toBe(false)
})

test('an add that is overtaken by the end of the list gives -ESRCH', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', do_exit)
  const work = tasks.work('w')
  const adder = tasks.drive.machine.frames[tasks.drive.task(tasks.drive.cpu(), add(tasks, user, work))]!
  tasks.until(adder, 'try_cmpxchg')
  tasks.until(tasks.frame('user'), 'refcount_dec_and_test')
  tasks.drive.run()
  expect(tasks.log).toEqual([`add w: ${-ESRCH}`])
  expect(user.task_works.peek()).toBe(work_exited())
})

test('what a work adds while the task exits runs too', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', do_exit)
  const second = tasks.work('second')
  const first = tasks.work('first', add(tasks, user, second))
  tasks.until(tasks.frame('user'), 'READ_ONCE')
  tasks.boot(add(tasks, user, first))
  tasks.drive.run()
  expect(tasks.log).toEqual(['add first: 0', 'first', 'add second: 0', 'second'])
})

test('a kthread accepts work and never runs it', () => {
  const tasks = new Tasks()
  const kthread = tasks.run('kthread', nothing, { kthread: true })
  tasks.boot(add(tasks, kthread, tasks.work('w'), TWA_SIGNAL))
  tasks.drive.run()
  expect(tasks.log).toEqual(['add w: 0'])
  expect(tasks.drive.titles()).toEqual([])
})

test('a kthread runs its work when it exits', () => {
  const tasks = new Tasks()
  const kthread = tasks.run('kthread', do_exit, { kthread: true })
  tasks.boot(add(tasks, kthread, tasks.work('w')))
  tasks.drive.run()
  expect(tasks.log).toEqual(['add w: 0', 'w'])
})
