/**
 * The irq_work between schedule() and the task, because task_work_add() may take pi_lock and kick a CPU:
 * steps H1 to H4. Hardirq, on the CPU that scheduled. No posting has it; numbers [1] to [14] refer to the
 * choices in README.md.
 */
import {
  irq_work_queue,
  type KernelPath,
  plain_read,
  plain_write,
  raw_res_spin_lock_irqsave,
  raw_res_spin_unlock_irqrestore,
  task_work_add,
} from '@bottom-half/kernel-model'
import { type Firing, firingOf, release_firing } from './lifetime.ts'
import { type bpf_async_task_work, IDLE, lockSeenFree, QUEUED } from './state.ts'

/**
 * Hands the firing to its task. All of it under the lock [2]: the order is lock, then pi_lock for TWA_SIGNAL.
 * Interrupts are off wherever the lock is held, so that only a holder on another CPU can make it fail; then
 * it queues itself again [10].
 */
export function* bpf_async_irq(tw: bpf_async_task_work): KernelPath {
  const { lock } = tw.kern
  // H1
  const { err, flags } = yield* raw_res_spin_lock_irqsave(lock)
  if (err !== 0) {
    yield* lockSeenFree(lock)
    yield* irq_work_queue(tw.irq_work)
    return
  }
  const dropped = yield* hand(tw)
  // H4
  yield* raw_res_spin_unlock_irqrestore(lock, flags)
  if (dropped !== null) yield* release_firing(tw, dropped)
}

/**
 * H2 and H3, with the lock held: null, or the firing that is dropped. Nobody is told that the task is gone.
 */
function* hand(tw: bpf_async_task_work): KernelPath<Firing | null> {
  const firing = yield* firingOf(tw)
  // H2
  if (yield* plain_read(tw.freed)) return firing
  // H3: the task may come to the callback at once, which then meets the lock.
  const err = yield* task_work_add(firing.task, tw.work, yield* plain_read(tw.mode))
  yield* plain_write(tw.st, err === 0 ? QUEUED : IDLE)
  return err === 0 ? null : firing
}
