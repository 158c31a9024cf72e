/**
 * The consumer: the task work, in the context of the target task, which may sleep: steps C1 to C6. Follows
 * bpf_wq_work() of kernel/bpf/helpers.c (6.17) for what surrounds the BPF callback. Numbers [1] to [14] refer
 * to the choices in README.md.
 */
import type { bpf_callback } from '@bottom-half/deferred-work'
import {
  access,
  bpf_prog_inc,
  bpf_prog_put,
  type callback_head,
  type KernelPath,
  map_key_from_value,
  migrate_disable,
  migrate_enable,
  Order,
  plain_read,
  plain_write,
  raw_res_spin_lock_irqsave,
  raw_res_spin_unlock_irqrestore,
  rcu_read_lock_trace,
  rcu_read_unlock_trace,
} from '@bottom-half/kernel-model'
import { type Firing, firingOf, release_firing } from './lifetime.ts'
import { type bpf_async_task_work, IDLE, lockSeenFree, RUNNING, type Subprogram } from './state.ts'

/**
 * Takes the lock twice, and does not keep it while the BPF callback runs: that may sleep, and may schedule.
 */
export function* bpf_async_callback(work: callback_head): KernelPath {
  const tw = work.entry as bpf_async_task_work
  // Before the look at `freed`: a value that is deleted later keeps its memory until the unlock.
  yield* rcu_read_lock_trace()
  const { firing, callback_fn } = yield* begin(tw)
  if (callback_fn !== null) {
    yield* call(tw, callback_fn)
    yield* end(tw)
  }
  yield* rcu_read_unlock_trace()
  // C6
  yield* release_firing(tw, firing)
}

/** There is nobody to tell that the lock failed: tries until it succeeds [11]. */
function* lock(tw: bpf_async_task_work): KernelPath<boolean> {
  for (;;) {
    const { err, flags } = yield* raw_res_spin_lock_irqsave(tw.kern.lock)
    if (err === 0) return flags
    yield* lockSeenFree(tw.kern.lock)
  }
}

/** C1 to C3. No callback: the value is gone. */
function* begin(tw: bpf_async_task_work): KernelPath<{ firing: Firing; callback_fn: bpf_callback | null }> {
  // C1
  const flags = yield* lock(tw)
  const scheduled = yield* firingOf(tw)
  // C2: cancel_and_free left the firing to whom it reaches next [6].
  if (yield* plain_read(tw.freed)) {
    yield* raw_res_spin_unlock_irqrestore(tw.kern.lock, flags)
    return { firing: scheduled, callback_fn: null }
  }
  // C3
  const { prog, callback_fn } = yield* choose(tw)
  yield* plain_write(tw.st, RUNNING)
  const swapped = prog !== scheduled.prog
  if (swapped) yield* bpf_prog_inc(prog)
  yield* raw_res_spin_unlock_irqrestore(tw.kern.lock, flags)
  if (swapped) yield* bpf_prog_put(scheduled.prog)
  return { firing: { prog, task: scheduled.task }, callback_fn }
}

/**
 * Which callback runs: the one that is set now, as in bpf_timer_cb() and bpf_wq_work(), not the one that was
 * set when the firing was scheduled [4]. If another program set it, the firing's reference becomes one of
 * that program [5].
 */
function* choose(tw: bpf_async_task_work): KernelPath<Subprogram> {
  return yield* access('read', tw.cb.callback_fn, (m) => {
    // Both are set from schedule() on.
    const set = m.load(tw.cb.callback_fn, Order.Plain)!
    const asked = m.load(tw.asked, Order.Plain)!
    return set.prog === asked.prog ? asked : set
  })
}

/** C4. The key is computed from the pointer: of a slot that was given away meanwhile, the new one. */
function* call(tw: bpf_async_task_work, callback_fn: bpf_callback): KernelPath {
  const { value } = tw.cb
  const key = yield* map_key_from_value(value.map, value)
  migrate_disable()
  yield* callback_fn(value.map, key, value)
  migrate_enable()
}

/** C5: IDLE even if the value was deleted meanwhile; then nobody finds the object any more. */
function* end(tw: bpf_async_task_work): KernelPath {
  const flags = yield* lock(tw)
  yield* plain_write(tw.st, IDLE)
  yield* raw_res_spin_unlock_irqrestore(tw.kern.lock, flags)
}
