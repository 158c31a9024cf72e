/**
 * What becomes of the object when its value goes. Follows the frame of bpf_wq_cancel_and_free() of
 * kernel/bpf/helpers.c (6.17): steps D1 to D5, and X1, X2 of its irq_work. Numbers [1] to [14] refer to the
 * choices in README.md.
 */
import {
  bpf_prog_put,
  irq_work_queue,
  type KernelPath,
  plain_read,
  plain_write,
  raw_res_spin_lock_irqsave,
  raw_res_spin_unlock_irqrestore,
  READ_ONCE,
  WRITE_ONCE,
} from '@bottom-half/kernel-model'
import { bpf_async_tw_put } from './lifetime.ts'
import type { bpf_async_kern, bpf_async_task_work } from './state.ts'

/**
 * Detaches the object from the value and marks it; never waits for a callback. Any context, NMI included. It
 * can tell nobody that it failed.
 *
 * **If the lock fails it gives up** [3], as proposed: whoever holds the lock is said to have "won the claim
 * to free the object". That is true of another cancel_and_free only. If the holder is one of init(),
 * set_callback(), schedule(), the irq_work or the callback, the free is lost: the object stays with a value
 * that is deleted.
 */
export function* bpf_async_cancel_and_free(kern: bpf_async_kern): KernelPath {
  // D1
  if ((yield* READ_ONCE(kern.cb)) === null) return
  // D2
  const { err, flags } = yield* raw_res_spin_lock_irqsave(kern.lock)
  if (err !== 0) return
  // D3: another one may have been faster.
  const tw = yield* plain_read(kern.cb)
  if (tw !== null) {
    // D4: a firing that has not begun is dropped by whom it reaches next, the irq_work or the callback [6].
    yield* plain_write(tw.freed, true)
    yield* WRITE_ONCE(kern.cb, null)
  }
  yield* raw_res_spin_unlock_irqrestore(kern.lock, flags)
  // D5: always, as bpf_wq always schedules its delete_work: the puts are not NMI-safe, nor legal under the
  // caller's locks.
  if (tw !== null) yield* irq_work_queue(tw.destroy_irq_work)
}

/**
 * The irq_work: drops what the value held. Takes no lock: who has seen `freed` does not touch `cb.prog` any
 * more.
 */
export function* bpf_async_destroy(tw: bpf_async_task_work): KernelPath {
  // X1
  const prog = yield* plain_read(tw.cb.prog)
  if (prog !== null) yield* bpf_prog_put(prog)
  // X2
  yield* bpf_async_tw_put(tw)
}
