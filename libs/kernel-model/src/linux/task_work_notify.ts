/**
 * How task_work_add tells the task. Follows kernel/task_work.c, include/linux/resume_user_mode.h and
 * sched/signal.h (6.18, x86-64).
 */
import { Attached, type Cpu, type KernelPath, machine, running } from '../machine/index.ts'
import { irq_work, irq_work_queue } from './irq_work.ts'
import { kick_process, type task_struct, wake_up_state } from './sched.ts'
import { set_tsk_thread_flag, test_and_set_tsk_thread_flag } from './thread_info.ts'
import { TIF_NOTIFY_RESUME, TIF_NOTIFY_SIGNAL } from './thread_info.ts'

/** Nothing is told: runs when something else makes the task run its work. Any context. */
export const TWA_NONE = 0
/**
 * At the next return to user mode, kicked if it runs elsewhere; does not wake a sleeper. Not in NMI for a
 * task of another CPU.
 */
export const TWA_RESUME = 1
/** As a signal would: wakes an interruptible sleeper, under pi_lock. Not in NMI, not under pi_lock. */
export const TWA_SIGNAL = 2
/** TWA_SIGNAL without the kick; it still wakes, under pi_lock. */
export const TWA_SIGNAL_NO_IPI = 3
/** For `current`, in NMI: TWA_RESUME, and an irq_work whose only use is an interrupt return. */
export const TWA_NMI_CURRENT = 4

export type task_work_notify_mode =
  typeof TWA_NONE | typeof TWA_RESUME | typeof TWA_SIGNAL | typeof TWA_SIGNAL_NO_IPI | typeof TWA_NMI_CURRENT

/** The part of task_work_add behind the push: by now the task may have run the work already. */
export function* notify(task: task_struct, mode: task_work_notify_mode): KernelPath {
  switch (mode) {
    case TWA_NONE:
      return
    case TWA_RESUME:
      if (!(yield* test_and_set_tsk_thread_flag(task, TIF_NOTIFY_RESUME))) kick_process(task)
      return
    case TWA_SIGNAL:
      if (yield* set_notify_signal(task)) kick_process(task)
      return
    case TWA_SIGNAL_NO_IPI:
      yield* set_notify_signal(task)
      return
    case TWA_NMI_CURRENT:
      yield* set_tsk_thread_flag(task, TIF_NOTIFY_RESUME)
      yield* irq_work_queue(irq_work_NMI_resume(running().cpu))
  }
}

/** True = newly set, and the task did not sleep: a kick is what it takes. */
function* set_notify_signal(task: task_struct): KernelPath<boolean> {
  if (yield* test_and_set_tsk_thread_flag(task, TIF_NOTIFY_SIGNAL)) return false
  return !(yield* wake_up_state(task))
}

const works = new Attached<Cpu, irq_work>()

function irq_work_NMI_resume(cpu: Cpu): irq_work {
  let work = works.get(cpu)
  if (work === undefined) {
    work = machine().onDemand(
      `irq_work_NMI_resume of ${cpu.name}`,
      () => new irq_work(`CPU${cpu.id} irq_work_NMI_resume`, task_work_set_notify_irq, null, { hard: true }),
    )
    works.set(cpu, work)
  }
  return work
}

/** Nothing: the return from the interrupt is what it is for. */
function* task_work_set_notify_irq(): KernelPath {}
