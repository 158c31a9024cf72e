import { expect, test } from 'vitest'
import { callback_head, do_exit, task_work_add, task_work_cancel } from '../src/index.ts'
import { task_work_cancel_match, task_work_pending, TWA_NONE, TWA_RESUME } from '../src/index.ts'
import { add, nothing, Tasks } from './tasks.ts'

test('task_work_cancel takes a queued work off, from the front and from the middle, and it does not run', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  const works = ['a', 'b', 'c', 'd'].map((name) => tasks.work(name))
  for (const work of works) tasks.boot(add(tasks, user, work, TWA_NONE))
  const got: boolean[] = []
  tasks.boot(function* () {
    got.push(yield* task_work_cancel(user, works[3]!), yield* task_work_cancel(user, works[1]!))
    const found = yield* task_work_cancel_match(user, (w) => w.entry === 'a')
    got.push(found === works[0])
    yield* task_work_add(user, works[1]!, TWA_RESUME)
  })
  tasks.drive.run()
  expect(got).toEqual([true, true, true])
  expect(tasks.log.slice(4)).toEqual(['b', 'c'])
})

test('cancel gives NULL alike for a work never queued, taken, running and done', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  const frame = tasks.frame('user')
  const [taken, work] = [tasks.work('taken'), tasks.work('w', () => tasks.note('w goes on'))]
  const got: unknown[] = []
  const cancel = (which: callback_head): void =>
    tasks.boot(function* () {
      got.push(yield* task_work_cancel_match(user, (w) => w === which))
    })
  cancel(work)
  for (const w of [taken, work]) tasks.boot(add(tasks, user, w))
  tasks.until(frame, 'w goes on')
  cancel(taken)
  cancel(work)
  tasks.drive.run()
  cancel(work)
  expect(got).toEqual([null, null, null, null])
  expect(tasks.log.slice(2)).toEqual(['w', 'w goes on', 'taken'])
})

test('task_work_cancel of an empty list takes no lock', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  const id = tasks.drive.task(tasks.drive.cpu(), () => task_work_cancel(user, tasks.work('w')))
  tasks.drive.finish(id)
  expect(user.pi_lock.locked.markedWrites).toEqual([])
})

test('on the first entry, run wins over a cancel that read it but did not yet take it', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  const frame = tasks.frame('user')
  const work = tasks.work('w')
  tasks.boot(add(tasks, user, work))
  let cancelled: boolean | undefined
  const canceller = tasks.drive.task(tasks.drive.cpu(), function* () {
    cancelled = yield* task_work_cancel(user, work)
  })
  tasks.until(tasks.drive.machine.frames[canceller]!, 'try_cmpxchg')
  tasks.until(frame, 'try_cmpxchg')
  tasks.drive.step(frame.index)
  tasks.drive.run()
  expect(cancelled).toBe(false)
  expect(tasks.log).toEqual(['add w: 0', 'w'])
})

test('on the first entry, cancel wins over a run that read it but did not yet take it', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  const frame = tasks.frame('user')
  const work = tasks.work('w')
  tasks.boot(add(tasks, user, work))
  tasks.until(frame, 'try_cmpxchg')
  let cancelled: boolean | undefined
  tasks.boot(function* () {
    cancelled = yield* task_work_cancel(user, work)
  })
  tasks.drive.run()
  expect(cancelled).toBe(true)
  expect(tasks.log).toEqual(['add w: 0'])
})

test('a run that took the list waits at pi_lock for a cancel on its walk, which may still take a middle entry', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  const frame = tasks.frame('user')
  const [old, newest] = [tasks.work('old'), tasks.work('newest')]
  for (const work of [old, newest]) tasks.boot(add(tasks, user, work))
  let cancelled: boolean | undefined
  const canceller = tasks.drive.task(tasks.drive.cpu(), function* () {
    cancelled = yield* task_work_cancel(user, old)
  })
  tasks.until(tasks.drive.machine.frames[canceller]!, 'try_cmpxchg')
  tasks.until(frame, 'try_cmpxchg')
  while (tasks.drive.enabled().includes(frame.index)) tasks.drive.step(frame.index)
  expect(tasks.log).toHaveLength(2)
  tasks.drive.run()
  expect(cancelled).toBe(true)
  expect(tasks.log.slice(2)).toEqual(['newest'])
})

test('an add that overtakes a cancel on the first entry makes it lose its place, not its work', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  const [old, fresh] = [tasks.work('old'), tasks.work('fresh')]
  tasks.boot(add(tasks, user, old, TWA_NONE))
  let cancelled: boolean | undefined
  const canceller = tasks.drive.task(tasks.drive.cpu(), function* () {
    cancelled = yield* task_work_cancel(user, old)
  })
  tasks.until(tasks.drive.machine.frames[canceller]!, 'try_cmpxchg')
  tasks.boot(add(tasks, user, fresh, TWA_NONE))
  tasks.drive.run()
  expect(cancelled).toBe(true)
  expect(user.task_works.peek()).toBe(fresh)
})

test('task_work_cancel of an exited task walks past the sentinel and gives NULL', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', do_exit)
  tasks.until(tasks.frame('user'), 'refcount_dec_and_test')
  const got: unknown[] = []
  tasks.boot(function* () {
    got.push(yield* task_work_pending(user), yield* task_work_cancel(user, tasks.work('w')))
  })
  expect(got).toEqual([true, false])
})
