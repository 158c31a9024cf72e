/**
 * The producer: two kfuncs, called from programs in any context. Follows bpf_task_work_context_acquire(),
 * bpf_task_work_schedule() and bpf_task_work_schedule_{signal,resume}() as posted on 15 August 2025.
 */
import type { bpf_callback, SubmitRequest } from '@bottom-half/deferred-work'
import {
  atomic_read,
  bpf_global_ma,
  type bpf_map,
  bpf_mem_free,
  type bpf_prog,
  bpf_prog_inc_not_zero,
  bpf_prog_put,
  bpf_task_acquire,
  bpf_task_release,
  cmpxchg,
  current,
  EBADF,
  EBUSY,
  ENOMEM,
  EPERM,
  in_nmi,
  init_irq_work,
  init_task_work,
  irq_work_queue,
  type KernelPath,
  plain_write,
  rcu_read_lock_trace,
  rcu_read_unlock_trace,
  READ_ONCE,
  type task_struct,
  type task_work_notify_mode,
  TWA_NMI_CURRENT,
  TWA_RESUME,
  TWA_SIGNAL,
} from '@bottom-half/kernel-model'
import { bpf_task_work_callback } from './callback.ts'
import { bpf_task_work_irq } from './irq.ts'
import { type bpf_task_work, type bpf_task_work_context, bpf_task_work_context_alloc } from './state.ts'
import { BPF_TW_PENDING, BPF_TW_STANDBY, task_work_of } from './state.ts'

/**
 * bpf_task_work_context_acquire(): the value's context, allocated and published if it has none, and now owned
 * by the caller; or -ENOMEM, or -EBUSY if somebody owns it. The lock is taken in hardirq and NMI too, where
 * nothing else makes a Tasks Trace reader.
 */
function* bpf_task_work_context_acquire(tw: bpf_task_work): KernelPath<bpf_task_work_context | number> {
  yield* rcu_read_lock_trace()
  let ctx = yield* READ_ONCE(tw.ctx)
  if (ctx === null) {
    ctx = yield* bpf_task_work_context_alloc()
    if (ctx === null) {
      yield* rcu_read_unlock_trace()
      return -ENOMEM
    }
    // Publishes the zeroed context; pairs with the read above on another CPU.
    const old_ctx = yield* cmpxchg(tw.ctx, null, ctx)
    if (old_ctx !== null) {
      yield* bpf_mem_free(bpf_global_ma(), ctx)
      ctx = old_ctx
    }
  }
  const state = yield* cmpxchg(ctx.state, BPF_TW_STANDBY, BPF_TW_PENDING)
  // From here on the owner needs no lock: cancel_and_free leaves the memory to it.
  yield* rcu_read_unlock_trace()
  return state === BPF_TW_STANDBY ? ctx : -EBUSY
}

/**
 * bpf_task_work_schedule(). 0, or -EBADF (the program or the last fd of the map is gone), -EPERM (the task is
 * gone), -ENOMEM, -EBUSY. Any context. usercnt is read before the context is published, and nothing looks at
 * it again.
 */
function* bpf_task_work_schedule(
  task: task_struct,
  tw: bpf_task_work,
  map: bpf_map,
  callback_fn: bpf_callback,
  prog: bpf_prog,
  mode: task_work_notify_mode,
): KernelPath<number> {
  if ((yield* bpf_prog_inc_not_zero(prog)) !== 0) return -EBADF
  if ((yield* atomic_read(map.usercnt)) === 0) return yield* release_prog(prog, -EBADF)
  if ((yield* bpf_task_acquire(task)) === null) return yield* release_prog(prog, -EPERM)
  const ctx = yield* bpf_task_work_context_acquire(tw)
  if (typeof ctx === 'number') {
    yield* bpf_task_release(task)
    return yield* release_prog(prog, ctx)
  }
  yield* plain_write(ctx.task, task)
  yield* plain_write(ctx.callback_fn, callback_fn)
  yield* plain_write(ctx.prog, prog)
  yield* plain_write(ctx.mode, mode)
  yield* plain_write(ctx.map, map)
  yield* plain_write(ctx.map_val, tw.map_val)
  yield* init_irq_work(ctx.irq_work, bpf_task_work_irq)
  yield* init_task_work(ctx.work, bpf_task_work_callback)
  // The result is ignored: init_irq_work() has just cleared the flags.
  yield* irq_work_queue(ctx.irq_work)
  return 0
}

/** The label release_prog, in the caller's context whichever that is. */
function* release_prog(prog: bpf_prog, err: number): KernelPath<number> {
  yield* bpf_prog_put(prog)
  return err
}

/**
 * The kfunc bpf_task_work_schedule_signal(): interrupts an interruptible sleep of the task. Returns as
 * bpf_task_work_schedule().
 */
export function* bpf_task_work_schedule_signal(
  task: task_struct,
  tw: bpf_task_work,
  map__map: bpf_map,
  callback: bpf_callback,
  aux__prog: bpf_prog,
): KernelPath<number> {
  return yield* bpf_task_work_schedule(task, tw, map__map, callback, aux__prog, TWA_SIGNAL)
}

/**
 * The kfunc bpf_task_work_schedule_resume(): the callback runs whenever the task next returns to user mode.
 * Returns as bpf_task_work_schedule(). The mode is chosen for the caller's context, but used by the irq_work.
 */
export function* bpf_task_work_schedule_resume(
  task: task_struct,
  tw: bpf_task_work,
  map__map: bpf_map,
  callback: bpf_callback,
  aux__prog: bpf_prog,
): KernelPath<number> {
  const mode = task === current() && in_nmi() ? TWA_NMI_CURRENT : TWA_RESUME
  return yield* bpf_task_work_schedule(task, tw, map__map, callback, aux__prog, mode)
}

/** What a program does: one call. */
export function* submit({ prog, map, value, task, callback_fn }: SubmitRequest): KernelPath<number> {
  return yield* bpf_task_work_schedule_resume(task, task_work_of(value), map, callback_fn, prog)
}
