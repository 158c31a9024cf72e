/**
 * The consumer: one item of the batch. Follows the loop of the handler as posted on 11 July 2022, steps H3 to
 * H6. The same hardirq as irq.ts; what another design does in a context of its own happens here in place.
 *
 * Departures:
 * 1. The name of the function is ours: the posted text has it in the body of the loop.
 */
import {
  bpf_prog_put,
  type KernelPath,
  machine,
  Oops,
  plain_read,
  plain_write,
  xchg,
} from '@bottom-half/kernel-model'
import { type bpf_delayed_irq_work, type bpf_delayed_work_kern, FREE, READY } from './state.ts'

/** Runs an item and releases it. It is READY all the while: a submit from its own callback gets -EINVAL. */
export function* runItem(work: bpf_delayed_work_kern, irq_work: bpf_delayed_irq_work): KernelPath {
  // H3: warns, and goes on.
  if ((yield* plain_read(work.flags)) !== READY)
    machine().report('warn', 'WARN_ONCE: item not READY in the handler of bpf_delayed_irq_work')
  // H4
  const cb = yield* plain_read(work.cb)
  const data = yield* plain_read(work.data)
  if (cb === null) throw new Oops('null-dereference', 'bpf_delayed_work_kern.cb is NULL in the handler')
  yield* cb(data)
  // H5: cb = data = NULL, assigned from the right.
  yield* plain_write(work.data, null)
  yield* plain_write(work.cb, null)
  // Perhaps the last reference: then bpf_prog_put() defers to a work item, being in hardirq.
  yield* bpf_prog_put(irq_work.prog)
  // H6: a full barrier. From here on the item may be submitted again.
  yield* xchg(work.flags, FREE)
}
