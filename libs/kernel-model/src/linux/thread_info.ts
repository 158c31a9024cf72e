/**
 * Flags by which others tell a task to do something before it returns to user mode. Follows
 * include/linux/thread_info.h (6.18, x86-64).
 */
import { access, type Cell, type KernelPath, Order } from '../machine/index.ts'
import { READ_ONCE } from './barrier.ts'

/** Bit numbers in `ti_flags`. */
export const TIF_NOTIFY_RESUME = 1
export const TIF_NOTIFY_SIGNAL = 17
/** The same as masks. */
export const _TIF_NOTIFY_RESUME = 1 << TIF_NOTIFY_RESUME
export const _TIF_NOTIFY_SIGNAL = 1 << TIF_NOTIFY_SIGNAL
/** What keeps a task from user mode. */
export const EXIT_TO_USER_MODE_WORK = _TIF_NOTIFY_RESUME | _TIF_NOTIFY_SIGNAL

/** What has such flags: a task_struct. */
export interface thread_info {
  readonly ti_flags: Cell<number>
}

/** For a trace. */
export function showThreadFlags(flags: number): string {
  const names: string[] = []
  if ((flags & _TIF_NOTIFY_RESUME) !== 0) names.push('NOTIFY_RESUME')
  if ((flags & _TIF_NOTIFY_SIGNAL) !== 0) names.push('NOTIFY_SIGNAL')
  return names.length === 0 ? '0' : names.join('|')
}

/** A full barrier; gives whether the flag was set before. */
export function test_and_set_tsk_thread_flag(task: thread_info, flag: number): KernelPath<boolean> {
  return access('test_and_set_tsk_thread_flag', task.ti_flags, (m) => {
    const before = m.load(task.ti_flags, Order.Once)
    m.store(task.ti_flags, before | (1 << flag), Order.Full, true)
    return (before & (1 << flag)) !== 0
  })
}

/** No value, no order. */
export function set_tsk_thread_flag(task: thread_info, flag: number): KernelPath {
  return access('set_tsk_thread_flag', task.ti_flags, (m) => {
    m.store(task.ti_flags, m.load(task.ti_flags, Order.Once) | (1 << flag), Order.Once, true)
  })
}

/** clear_thread_flag() and the smp_mb__after_atomic() behind it, which on x86 is one locked instruction. */
export function clear_thread_flag(task: thread_info, flag: number): KernelPath {
  return access('clear_thread_flag', task.ti_flags, (m) => {
    m.store(task.ti_flags, m.load(task.ti_flags, Order.Once) & ~(1 << flag), Order.Full, true)
  })
}

export function read_thread_flags(task: thread_info): KernelPath<number> {
  return READ_ONCE(task.ti_flags)
}
