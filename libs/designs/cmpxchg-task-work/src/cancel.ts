/**
 * What becomes of the work when its value goes. Follows task_work_match() and bpf_task_work_cancel_and_free()
 * as posted on 15 August 2025. There is no irq_work here: all is done in the caller's context, pi_lock
 * included.
 */
import {
  call_rcu_tasks_trace,
  type callback_head,
  type KernelPath,
  task_work_cancel_match,
  xchg,
} from '@bottom-half/kernel-model'
import { bpf_task_work_context_free, bpf_task_work_context_reset } from './lifetime.ts'
import { type bpf_task_work, type bpf_task_work_context, follow } from './state.ts'
import { BPF_TW_FREED, BPF_TW_SCHEDULED, BPF_TW_STANDBY } from './state.ts'

/** task_work_match(): is it the task work of this context? */
export function task_work_match(ctx: bpf_task_work_context): (head: callback_head) => boolean {
  return (head) => head.entry === ctx
}

/**
 * bpf_task_work_cancel_and_free(): detaches the context from the value, and frees it if nobody owns it or its
 * work could be cancelled; else the owner finds FREED and frees. Called in any context, where SCHEDULED takes
 * pi_lock and the free calls call_rcu_tasks_trace(): neither is legal in NMI. Never waits for a callback that
 * runs. Idempotent.
 */
export function* bpf_task_work_cancel_and_free(tw: bpf_task_work): KernelPath {
  const ctx = yield* xchg(tw.ctx, null)
  if (ctx === null) return
  const state = yield* xchg(ctx.state, BPF_TW_FREED)
  switch (state) {
    case BPF_TW_SCHEDULED: {
      // Not found: the text relies on the callback, which will find FREED.
      const task = yield* follow(ctx.task)
      if ((yield* task_work_cancel_match(task, task_work_match(ctx))) === null) return
      yield* bpf_task_work_context_reset(ctx)
      return yield* call_rcu_tasks_trace(ctx.rcu, bpf_task_work_context_free)
    }
    case BPF_TW_STANDBY:
      return yield* call_rcu_tasks_trace(ctx.rcu, bpf_task_work_context_free)
    default:
    // PENDING, SCHEDULING, RUNNING: the owner cleans up at its next transition.
  }
}
