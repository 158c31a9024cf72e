/**
 * The irq_work that takes the work from a context in which nothing may be locked to the task. Follows
 * bpf_task_work_irq() as posted on 15 August 2025 (its comment says softirq; on x86-64 it is a hardirq).
 */
import {
  call_rcu_tasks_trace,
  cmpxchg,
  type irq_work,
  type KernelPath,
  plain_read,
  task_work_add,
  task_work_cancel_match,
} from '@bottom-half/kernel-model'
import { task_work_match } from './cancel.ts'
import { bpf_task_work_context_free, bpf_task_work_context_reset } from './lifetime.ts'
import { type bpf_task_work_context, type context_irq_work, follow } from './state.ts'
import { BPF_TW_FREED, BPF_TW_PENDING, BPF_TW_SCHEDULED, BPF_TW_SCHEDULING, BPF_TW_STANDBY } from './state.ts'

/**
 * bpf_task_work_irq(): hardirq, on the CPU that scheduled, without rcu_read_lock_trace(). Only FREED stops
 * it: in any other state than PENDING it goes on as if the state had become SCHEDULING.
 */
export function* bpf_task_work_irq(irq_work: irq_work): KernelPath {
  const { ctx } = irq_work as context_irq_work
  let state = yield* cmpxchg(ctx.state, BPF_TW_PENDING, BPF_TW_SCHEDULING)
  if (state === BPF_TW_FREED) return yield* free_context(ctx)

  const task = yield* follow(ctx.task)
  const err = yield* task_work_add(task, ctx.work, yield* plain_read(ctx.mode))
  if (err !== 0) return yield* undo(ctx)

  // By now the task may have run the callback, and others may have scheduled again: the context is no longer
  // this function's.
  state = yield* cmpxchg(ctx.state, BPF_TW_SCHEDULING, BPF_TW_SCHEDULED)
  if (state !== BPF_TW_FREED) return
  const cancelled = yield* task_work_cancel_match(yield* follow(ctx.task), task_work_match(ctx))
  if (cancelled !== null) yield* free_context(ctx)
}

/** The branch of a failed task_work_add(): nobody is told. */
function* undo(ctx: bpf_task_work_context): KernelPath {
  yield* bpf_task_work_context_reset(ctx)
  const state = yield* cmpxchg(ctx.state, BPF_TW_SCHEDULING, BPF_TW_STANDBY)
  if (state === BPF_TW_FREED) yield* call_rcu_tasks_trace(ctx.rcu, bpf_task_work_context_free)
}

/** The label free_context: the work will not run, and cancel_and_free left the memory to this function. */
function* free_context(ctx: bpf_task_work_context): KernelPath {
  yield* bpf_task_work_context_reset(ctx)
  yield* call_rcu_tasks_trace(ctx.rcu, bpf_task_work_context_free)
}
