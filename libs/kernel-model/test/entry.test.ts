import { expect, test } from 'vitest'
import { callback_head, create_task, current, do_exit, type KernelPath, Level } from '../src/index.ts'
import { PF_EXITING, put_task_struct_rcu_user, rcu_read_lock, rcu_read_unlock } from '../src/index.ts'
import { refcount_inc_not_zero, run_task, TASK_INTERRUPTIBLE, TASK_RUNNING } from '../src/index.ts'
import { task_work_add, try_to_wake_up, TWA_NONE, TWA_SIGNAL, WRITE_ONCE } from '../src/index.ts'
import { nothing, Tasks } from './tasks.ts'

test('a task in user mode is at rest, not in a deadlock', () => {
  const tasks = new Tasks()
  tasks.run('user', nothing)
  tasks.run('kthread', nothing, { kthread: true })
  tasks.drive.run()
  expect(tasks.drive.titles()).toEqual([])
})

test('a system call that flags its own task runs the work before it reaches user mode', () => {
  const tasks = new Tasks()
  const work = tasks.work('w')
  tasks.run('user', function* () {
    yield* task_work_add(current(), work, TWA_SIGNAL)
    yield* tasks.note('rest of the system call')
  })
  tasks.until(tasks.frame('user'), 'user mode')
  expect(tasks.log).toEqual(['rest of the system call', 'w'])
})

test('current is the interrupted task in a handler, and an idle task where none runs', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', () => tasks.note('system call'))
  const seen: string[] = []
  const look = function* (): KernelPath {
    yield* tasks.note('handler')
    seen.push(current().comm)
  }
  const idle = tasks.drive.cpu()
  for (const cpu of [user.cpu, idle]) tasks.drive.finish(tasks.drive.handler(cpu, Level.Nmi, look))
  expect(seen).toEqual(['user', `swapper/${idle.id}`])
})

test('do_exit sets PF_EXITING, drops mm, closes the list, in this order, and ends the task', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', do_exit)
  const frame = tasks.frame('user')
  const state = (): unknown[] => [user.flags.peek() & PF_EXITING, user.mm.peek(), user.exited.peek()]
  expect(state()).toEqual([0, 'mm', false])
  tasks.drive.step(frame.index)
  expect(state()).toEqual([PF_EXITING, 'mm', false])
  tasks.drive.step(frame.index)
  expect(state()).toEqual([PF_EXITING, null, false])
  tasks.drive.finish(frame.index)
  expect(state()).toEqual([PF_EXITING, null, true])
})

test('task_struct of an exited task is freed after a grace period, not before', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', do_exit)
  const reader = tasks.drive.task(tasks.drive.cpu(), function* () {
    yield* rcu_read_lock()
    yield* tasks.note('in the reader')
    yield* rcu_read_unlock()
  })
  tasks.until(tasks.drive.machine.frames[reader]!, 'in the reader')
  tasks.drive.finish(tasks.frame('user').index)
  for (;;) {
    const moves = tasks.drive.machine.moves().filter((m) => m >> 4 !== reader)
    if (moves.length === 0) break
    tasks.drive.machine.perform(moves[0]!)
  }
  expect(user.object.life.peek()).toBe('live')
  tasks.drive.run()
  expect(user.object.life.peek()).toBe('freed')
  expect(tasks.drive.titles()).toEqual([])
})

test('a reference keeps task_struct over its exit, and the last put frees it', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  tasks.boot(() => refcount_inc_not_zero(user.rcu_users))
  const other = create_task('exiting', tasks.drive.cpu())
  run_task(other, do_exit)
  tasks.boot(() => refcount_inc_not_zero(other.rcu_users))
  tasks.drive.run()
  expect(other.object.life.peek()).toBe('live')
  expect(other.rcu_users.refs.peek()).toBe(1)
  tasks.boot(() => put_task_struct_rcu_user(other))
  tasks.drive.run()
  expect(other.object.life.peek()).toBe('freed')
  expect(user.object.life.peek()).toBe('live')
})

test('task_work_add to a task that nobody holds is a use after free once its task_struct is gone', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', do_exit)
  tasks.drive.run()
  const work = new callback_head('w', null, null)
  tasks.drive.task(tasks.drive.cpu(), () => task_work_add(user, work, TWA_NONE))
  tasks.drive.run()
  expect(tasks.drive.titles()).toEqual(['use-after-free: use after free of user.task_works'])
})

test('try_to_wake_up looks at the state under pi_lock, and wakes a sleeper', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  tasks.boot(() => WRITE_ONCE(user.__state, TASK_INTERRUPTIBLE))
  const waker = tasks.drive.task(tasks.drive.cpu(), () => try_to_wake_up(user))
  tasks.until(tasks.drive.machine.frames[waker]!, 'ttwu_state_match')
  expect(user.pi_lock.locked.peek()).toBe(true)
  tasks.drive.run()
  expect(user.pi_lock.locked.peek()).toBe(false)
  expect(user.__state.peek()).toBe(TASK_RUNNING)
})

test('do_exit never returns: neither to the callback that called it, nor to the rest of its batch', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  const [last, first] = [tasks.work('last'), tasks.work('first', do_exit)]
  tasks.boot(function* () {
    yield* task_work_add(user, last, TWA_NONE)
    yield* task_work_add(user, first, TWA_SIGNAL)
  })
  tasks.drive.run()
  expect(tasks.log).toEqual(['first'])
  expect(tasks.frame('user').state).toBe('done')
  expect(tasks.drive.titles()).toEqual([])
})
