/** bpf_delayed_work: an llist of items for each program, drained by an irq_work in hardirq context. */
import type { Design, Mechanism, Outcome } from '@bottom-half/deferred-work'
import { EINVAL, ENOENT, EOPNOTSUPP, LabBug } from '@bottom-half/kernel-model'
import { cancel_and_free } from './cancel.ts'
import { load_program, RELEASED_WITH_LAST_FD } from './lifetime.ts'
import { bpf_delayed_work_kern } from './state.ts'
import { submit } from './submit.ts'

/**
 * -EINVAL is taken for what the posting documents, "already in use"; no callback, and the WARN of S6, share
 * it.
 */
const OUTCOMES: ReadonlyMap<number, Outcome> = new Map<number, Outcome>([
  [0, 'accepted'],
  [-EINVAL, 'busy'],
  [-ENOENT, 'dying'],
  [-EOPNOTSUPP, 'unsupported'],
])

/** As posted: items in the values, and a list for each program. */
function asPosted(): Mechanism {
  return {
    record: {
      init_field: (value) => new bpf_delayed_work_kern(value),
      obj_free_field: cancel_and_free,
      release_uref: RELEASED_WITH_LAST_FD,
    },
    load_program,
    submit,
    outcome(errno) {
      const outcome = OUTCOMES.get(errno)
      if (outcome === undefined) throw new LabBug(`bpf_delayed_work_submit() does not return ${errno}`)
      return outcome
    },
  }
}

/** Delyan Kratunov's RFC, with its mistakes. */
export const llistDelayedWork: Design = {
  id: 'llist-delayed-work',
  title: 'bpf_delayed_work',
  author: 'Delyan Kratunov',
  capabilities: { callbackContext: 'hardirq', targetsTask: false, cancelsOnDelete: false },
  revisions: [
    {
      id: 'as-posted',
      title: 'RFC: an llist of items for each program, and a HARD irq_work',
      source: 'bpf@vger.kernel.org, 11 July 2022, RFC of 3 patches, patch "bpf: add delayed_work mechanism"',
    },
  ],
  create(revision) {
    if (revision !== 'as-posted') throw new LabBug(`llist-delayed-work has no revision ${revision}`)
    return asPosted()
  },
}
