/**
 * References and memory of an async object, and what programs and maps do for the design when they go.
 *
 * A program's end does nothing here, and waits for nothing. An object holds its program, whose maps hold the
 * object: the circle is cut by map_release_uref() when the last fd of the map is closed, and kept cut by the
 * checks of usercnt in init() and set_callback(). Numbers [1] to [14] refer to the choices in README.md.
 */
import {
  bpf_global_ma,
  bpf_mem_free,
  type bpf_prog,
  bpf_prog_put,
  bpf_task_release,
  call_rcu,
  type KernelPath,
  migrate_disable,
  migrate_enable,
  plain_read,
  type rcu_head,
  refcount_dec_and_test,
  type task_struct,
  xchg,
} from '@bottom-half/kernel-model'
import type { bpf_async_task_work } from './state.ts'

/** bpf_timer_cancel_and_free() and bpf_wq_cancel_and_free() are called then: so is this design's. */
export const RELEASED_WITH_LAST_FD = true

/** The references of a firing, besides that of the object. */
export interface Firing {
  readonly prog: bpf_prog
  readonly task: task_struct
}

/** Under the lock, or after `freed` was seen under it. Both are set from schedule() on. */
export function* firingOf(tw: bpf_async_task_work): KernelPath<Firing> {
  const prog = (yield* plain_read(tw.run_prog))!
  const task = (yield* plain_read(tw.task))!
  return { prog, task }
}

/** Not under the lock, not in NMI. The pointers in the object are stale from here on. */
export function* release_firing(tw: bpf_async_task_work, { prog, task }: Firing): KernelPath {
  yield* bpf_prog_put(prog)
  yield* bpf_task_release(task)
  yield* bpf_async_tw_put(tw)
}

/** Drops a reference of the object. Not in NMI: the last one goes to call_rcu(). */
export function* bpf_async_tw_put(tw: bpf_async_task_work): KernelPath {
  if (yield* refcount_dec_and_test(tw.refcnt)) yield* call_rcu(tw.cb.rcu, bpf_async_cb_rcu_free)
}

/**
 * After a grace period [12]: irq_work_single() touches the irq_work once more after its handler dropped the
 * last reference.
 */
function* bpf_async_cb_rcu_free(rcu: rcu_head): KernelPath {
  migrate_disable()
  yield* bpf_mem_free(bpf_global_ma(), rcu.entry as bpf_async_task_work)
  migrate_enable()
}

/** The irq_work of a set_callback() in NMI that replaced another program: steps P1, P2 [7]. */
export function* bpf_async_put_prog(tw: bpf_async_task_work): KernelPath {
  // P1
  const prog = yield* xchg(tw.put_prog, null)
  if (prog === null) return
  // P2
  yield* bpf_prog_put(prog)
  yield* bpf_async_tw_put(tw)
}
