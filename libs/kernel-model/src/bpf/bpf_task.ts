/**
 * References of tasks, as kfuncs take them. Follows bpf_task_acquire() and bpf_task_release() of
 * kernel/bpf/helpers.c (6.18).
 */
import type { KernelPath } from '../machine/index.ts'
import { refcount_inc_not_zero } from '../linux/refcount.ts'
import type { task_struct } from '../linux/sched.ts'
import { put_task_struct_rcu_user } from '../linux/exit.ts'

/** The task with one more reference, or null if the last one is gone. Any context. */
export function* bpf_task_acquire(task: task_struct): KernelPath<task_struct | null> {
  return (yield* refcount_inc_not_zero(task.rcu_users)) ? task : null
}

/** Drops the reference; the last one goes to call_rcu(), which is not NMI-safe. */
export function* bpf_task_release(task: task_struct): KernelPath {
  yield* put_task_struct_rcu_user(task)
}
