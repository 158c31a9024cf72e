/**
 * A task between system calls: the work it does on its way to user mode, and user mode itself. Follows
 * kernel/entry/common.c, include/linux/entry-common.h and get_signal() of kernel/signal.c (6.18, x86-64).
 *
 * Departures:
 * 1. Interrupts stay on while the flags are looked at for the last time: the kernel switches them off up to
 *    the return, so that an interrupt in between is taken in user mode; here it is taken before or after.
 *    Hides nothing, invents nothing.
 * 2. Signals other than TIF_NOTIFY_SIGNAL, rescheduling, uprobes and live patching are absent. Hides how
 *    works and those follow each other.
 * 3. A task in user mode enters the kernel only because of its flags; for its own system calls it is given a
 *    body.
 */
import { access, type Frame, type KernelPath, Level, machine, Order } from '../machine/index.ts'
import { current, type task_struct, TaskDead } from './sched.ts'
import { task_work_pending, task_work_run } from './task_work.ts'
import { _TIF_NOTIFY_RESUME, _TIF_NOTIFY_SIGNAL, clear_thread_flag } from './thread_info.ts'
import { EXIT_TO_USER_MODE_WORK, read_thread_flags } from './thread_info.ts'
import { TIF_NOTIFY_RESUME, TIF_NOTIFY_SIGNAL } from './thread_info.ts'

/** Handles the flags until none is set. `ti_work`: the flags, if they were read already. */
export function* exit_to_user_mode_loop(ti_work?: number): KernelPath {
  const task = current()
  let work = ti_work ?? (yield* read_thread_flags(task))
  while ((work & EXIT_TO_USER_MODE_WORK) !== 0) {
    if ((work & _TIF_NOTIFY_SIGNAL) !== 0) yield* runBehind(task, TIF_NOTIFY_SIGNAL)
    if ((work & _TIF_NOTIFY_RESUME) !== 0) yield* runBehind(task, TIF_NOTIFY_RESUME)
    work = yield* read_thread_flags(task)
  }
}

/**
 * get_signal() and resume_user_mode_work(): the flag is cleared before the list is looked at, so that no work
 * is missed.
 */
function* runBehind(task: task_struct, flag: number): KernelPath {
  yield* clear_thread_flag(task, flag)
  if (yield* task_work_pending(task)) yield* task_work_run()
}

/** User mode, until a flag is set; for ever is rest. Gives the flags. */
function* user_mode(task: task_struct): KernelPath<number> {
  const ready = (): boolean => (task.ti_flags.peek() & EXIT_TO_USER_MODE_WORK) !== 0
  const options = { ready, awaits: [task.ti_flags], idle: true }
  return yield* access('user mode', task.ti_flags, (m) => m.load(task.ti_flags, Order.Once), options)
}

/** A kthread without work, for ever. */
function* sleep(): KernelPath {
  yield* access('schedule', null, () => undefined, { ready: () => false, idle: true })
}

/**
 * Runs a task, while the machine boots. A user task: `body` is a system call, after which the task stays in
 * user mode and does its work whenever flagged. A kthread: after `body` it sleeps. `body`, or a callback, may
 * do_exit().
 */
export function run_task(task: task_struct, body: () => KernelPath): Frame {
  const path = (): KernelPath => lifeOf(task, body)
  const spec = { name: task.comm, cpu: task.cpu, level: Level.Task, path, immediate: false, task }
  return machine().addFrame(spec)
}

function* lifeOf(task: task_struct, body: () => KernelPath): KernelPath {
  try {
    yield* body()
    yield* task.kthread ? sleep() : returnToUser(task)
  } catch (error) {
    if (!(error instanceof TaskDead)) throw error
  }
}

/** The end of a system call, and all that follows it. */
function* returnToUser(task: task_struct): KernelPath {
  let ti_work: number | undefined
  for (;;) {
    yield* exit_to_user_mode_loop(ti_work)
    ti_work = yield* user_mode(task)
  }
}
