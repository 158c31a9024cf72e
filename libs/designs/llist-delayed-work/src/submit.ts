/**
 * The producer. Follows bpf_delayed_work_submit() as posted on 11 July 2022 ("bpf: add delayed_work
 * mechanism"), steps S1 to S9. Any context, NMI included: no lock, no allocation, no sleep.
 *
 * Departures:
 * 1. x86-64 has an NMI-safe cmpxchg, so S3 never refuses. Hides nothing here.
 */
import type { SubmitRequest } from '@bottom-half/deferred-work'
import {
  bpf_prog_inc_not_zero,
  type bpf_map_value,
  type bpf_prog,
  cmpxchg,
  EINVAL,
  EOPNOTSUPP,
  in_nmi,
  irq_work_queue,
  type KernelPath,
  llist_add,
  machine,
  Oops,
  plain_write,
} from '@bottom-half/kernel-model'
import {
  type bpf_delayed_work_cb,
  type bpf_delayed_work_kern,
  CLAIMED,
  delayed_work_of,
  FREE,
  irq_work_of,
  READY,
} from './state.ts'

/** The only context that the posting offers: hardirq. */
export const BPF_DELAYED_WORK_IRQWORK = 1

/** IS_ENABLED(CONFIG_ARCH_HAVE_NMI_SAFE_CMPXCHG) */
const ARCH_HAVE_NMI_SAFE_CMPXCHG: boolean = true

/**
 * The helper, S1 to S9. `prog` is what the verifier passes as `aux` behind the caller's back.
 * 0; -EINVAL = no callback, or the item is in use (by the same code), or a WARN; -EOPNOTSUPP = unknown flags;
 * -ENOENT = the program is dying, **and the item stays READY for ever**.
 */
export function* bpf_delayed_work_submit(
  work: bpf_delayed_work_kern,
  cb: bpf_delayed_work_cb | null,
  data: bpf_map_value,
  flags: number,
  prog: bpf_prog,
): KernelPath<number> {
  // S1
  if (cb === null) return -EINVAL
  // S2: an int, so that the upper half of the register is ignored.
  if ((flags | 0) !== BPF_DELAYED_WORK_IRQWORK) return -EOPNOTSUPP
  // S3
  if (!ARCH_HAVE_NMI_SAFE_CMPXCHG && in_nmi()) return -EOPNOTSUPP
  const err = yield* fill(work, cb, data)
  if (err !== 0) return err
  // S7: nothing is rolled back, neither S4 nor S6.
  const ref = yield* bpf_prog_inc_not_zero(prog)
  if (ref !== 0) return ref
  const irq_work = irq_work_of(prog)
  // S8: whether the list was empty is not asked.
  yield* llist_add(work.item, irq_work.items)
  // S9: false = pending already, and that run will see the item.
  yield* irq_work_queue(irq_work.work)
  return 0
}

/** S4 to S6. */
function* fill(
  work: bpf_delayed_work_kern,
  cb: bpf_delayed_work_cb,
  data: bpf_map_value,
): KernelPath<number> {
  // S4: a full barrier, which orders S5 behind it. Pairs with the xchg of H6.
  if ((yield* cmpxchg(work.flags, FREE, CLAIMED)) !== FREE) return -EINVAL
  // S5
  yield* plain_write(work.data, data)
  yield* plain_write(work.cb, cb)
  // S6: a full barrier; what really publishes S5 is the list, S8 with H1.
  if ((yield* cmpxchg(work.flags, CLAIMED, READY)) === CLAIMED) return 0
  machine().report('warn', 'WARN_ONCE: item not CLAIMED in bpf_delayed_work_submit()')
  return -EINVAL
}

/**
 * What a program does: one call. `data` is the map value itself; the task is not named, the design has no
 * targets.
 */
export function* submit(request: SubmitRequest): KernelPath<number> {
  const { prog, value } = request
  return yield* bpf_delayed_work_submit(
    delayed_work_of(value),
    callbackOf(request),
    value,
    BPF_DELAYED_WORK_IRQWORK,
    prog,
  )
}

/**
 * The callback gets `data` and nothing else. The map is what the verifier knows of `data`; there is no key,
 * and what a workload gets for it is null.
 */
function callbackOf({ callback_fn }: SubmitRequest): bpf_delayed_work_cb {
  const cb: bpf_delayed_work_cb = (data) => {
    if (data === null) throw new Oops('null-dereference', 'the BPF callback got NULL for data')
    return callback_fn(data.map, null, data)
  }
  return cb
}
