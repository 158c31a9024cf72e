/**
 * The end of a task. Follows do_exit(), exit_notify() and release_task() of kernel/exit.c,
 * put_task_struct_rcu_user() (6.18).
 *
 * Departures:
 * 1. The task is reaped at once, as if its parent ignored SIGCHLD. A zombie's task_struct lives longer:
 *    nothing is hidden, since each later step of the exit may come arbitrarily late.
 * 2. The task puts the scheduler's reference itself; in the kernel the next task does so. It touches nothing
 *    in between: hides nothing.
 * 3. Of what lies between PF_EXITING and exit_task_work only exit_mm is there. Hides bugs that need open
 *    files, namespaces, …
 */
import { access, type KernelPath, Order } from '../machine/index.ts'
import { WRITE_ONCE } from './barrier.ts'
import { call_rcu } from './rcupdate.ts'
import { refcount_dec_and_test } from './refcount.ts'
import { current, PF_EXITING, type task_struct, TaskDead } from './sched.ts'
import { free_object } from './slab.ts'
import { task_work_run } from './task_work.ts'

/**
 * Ends `current`, a task of run_task(); never returns. Between PF_EXITING and exit_task_work, work is still
 * accepted, and runs without mm; from then on task_work_add gives -ESRCH.
 */
export function* do_exit(): KernelPath {
  const task = current()
  yield* exit_signals(task)
  yield* WRITE_ONCE(task.mm, null)
  yield* exit_task_work()
  yield* exit_notify(task)
  yield* put_task_struct_rcu_user(task)
  throw new TaskDead()
}

/** `tsk->flags |= PF_EXITING`: plain in the kernel, marked here, for others may look at it as they like. */
function* exit_signals(task: task_struct): KernelPath {
  yield* access('exit_signals', task.flags, (m) => {
    m.store(task.flags, m.load(task.flags, Order.Once) | PF_EXITING, Order.Once)
  })
}

/** Runs what is queued, and closes the list. */
function* exit_task_work(): KernelPath {
  yield* task_work_run()
}

/** Down to release_task(): the reference that the task's visibility stands for. */
function* exit_notify(task: task_struct): KernelPath {
  yield* put_task_struct_rcu_user(task)
}

/**
 * One reference less; after the last, task_struct is freed when a grace period has passed. Not in NMI,
 * because of call_rcu.
 */
export function* put_task_struct_rcu_user(task: task_struct): KernelPath {
  if (yield* refcount_dec_and_test(task.rcu_users)) yield* call_rcu(task.rcu, delayed_put_task_struct(task))
}

function delayed_put_task_struct(task: task_struct): () => KernelPath {
  return () => free_object(task.object)
}
