/**
 * The consumer: the task work, in the context of the target task. Follows bpf_task_work_callback() as posted
 * on 15 August 2025.
 */
import {
  call_rcu_tasks_trace,
  type callback_head,
  cmpxchg,
  type KernelPath,
  map_key_from_value,
  migrate_disable,
  migrate_enable,
  rcu_read_lock_trace,
  rcu_read_unlock_trace,
} from '@bottom-half/kernel-model'
import { bpf_task_work_context_free, bpf_task_work_context_reset } from './lifetime.ts'
import { type bpf_task_work_context, follow } from './state.ts'
import { BPF_TW_FREED, BPF_TW_RUNNING, BPF_TW_SCHEDULED, BPF_TW_SCHEDULING, BPF_TW_STANDBY } from './state.ts'

/**
 * bpf_task_work_callback(): task context, may sleep. Takes the read lock before it looks at the state: a
 * value whose context is not FREED then keeps its memory until the unlock.
 */
export function* bpf_task_work_callback(cb: callback_head): KernelPath {
  const ctx = cb.entry as bpf_task_work_context
  yield* rcu_read_lock_trace()
  // The irq_work may not have come to its change to SCHEDULED yet.
  let state = yield* cmpxchg(ctx.state, BPF_TW_SCHEDULING, BPF_TW_RUNNING)
  if (state === BPF_TW_SCHEDULED) state = yield* cmpxchg(ctx.state, BPF_TW_SCHEDULED, BPF_TW_RUNNING)
  if (state === BPF_TW_FREED) {
    yield* rcu_read_unlock_trace()
    yield* bpf_task_work_context_reset(ctx)
    yield* call_rcu_tasks_trace(ctx.rcu, bpf_task_work_context_free)
    return
  }

  yield* call(ctx)
  yield* rcu_read_unlock_trace()
  // RUNNING or FREED: either way this function still owns the context. Before STANDBY, else the next owner's
  // references would be put.
  yield* bpf_task_work_context_reset(ctx)
  state = yield* cmpxchg(ctx.state, BPF_TW_RUNNING, BPF_TW_STANDBY)
  if (state === BPF_TW_FREED) yield* call_rcu_tasks_trace(ctx.rcu, bpf_task_work_context_free)
}

/**
 * `ctx->callback_fn(ctx->map, key, ctx->map_val)`; each mention of a member is a read, for migrate_disable()
 * is a compiler barrier.
 */
function* call(ctx: bpf_task_work_context): KernelPath {
  const key = yield* map_key_from_value(yield* follow(ctx.map), yield* follow(ctx.map_val))
  migrate_disable()
  const callback_fn = yield* follow(ctx.callback_fn)
  yield* callback_fn(yield* follow(ctx.map), key, yield* follow(ctx.map_val))
  migrate_enable()
}
