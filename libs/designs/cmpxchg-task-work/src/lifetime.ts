/**
 * References and memory of a context, and what programs and maps do for the design when they go. Follows
 * bpf_task_work_context_reset() and bpf_task_work_context_free() as posted on 15 August 2025, and patch 1 of
 * the series for the map.
 *
 * A program's end does nothing here, and waits for nothing: accepted work holds a reference of its program,
 * which holds its maps.
 */
import {
  bpf_global_ma,
  bpf_mem_free,
  bpf_prog_put,
  bpf_task_release,
  type KernelPath,
  migrate_disable,
  migrate_enable,
  type rcu_head,
} from '@bottom-half/kernel-model'
import { type bpf_task_work_context, follow } from './state.ts'

/** Patch 1 adds the field to those that map_release_uref frees when the last fd of the map is closed. */
export const RELEASED_WITH_LAST_FD = true

/**
 * bpf_task_work_context_reset(): drops the references of an accepted schedule. The pointers stay, and are
 * stale from here on.
 */
export function* bpf_task_work_context_reset(ctx: bpf_task_work_context): KernelPath {
  yield* bpf_prog_put(yield* follow(ctx.prog))
  yield* bpf_task_release(yield* follow(ctx.task))
}

/**
 * bpf_task_work_context_free(): the callback of call_rcu_tasks_trace(); the memory may be given out again at
 * once.
 */
export function* bpf_task_work_context_free(rcu: rcu_head): KernelPath {
  const ctx = rcu.entry as bpf_task_work_context
  migrate_disable()
  yield* bpf_mem_free(bpf_global_ma(), ctx)
  migrate_enable()
}
