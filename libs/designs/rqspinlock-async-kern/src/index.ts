/**
 * The reviewer's proposal: task work as a third kind of bpf_async_kern, all of whose updates are under one
 * rqspinlock.
 */
import type { Design, Mechanism, Outcome } from '@bottom-half/deferred-work'
import { EBUSY, EDEADLK, EINVAL, ENOENT, ENOMEM, EPERM, ETIMEDOUT, LabBug } from '@bottom-half/kernel-model'
import { bpf_async_cancel_and_free } from './cancel.ts'
import { RELEASED_WITH_LAST_FD } from './lifetime.ts'
import { async_kern_of, bpf_async_kern } from './state.ts'
import { submit } from './submit.ts'

/** -EINVAL: the object that init() found or made was freed before the call that returned it. */
const OUTCOMES: ReadonlyMap<number, Outcome> = new Map<number, Outcome>([
  [0, 'accepted'],
  [-EBUSY, 'busy'],
  [-EINVAL, 'dying'],
  [-EPERM, 'dying'],
  [-ENOENT, 'dying'],
  [-ENOMEM, 'no-memory'],
  [-EDEADLK, 'lock-failed'],
  [-ETIMEDOUT, 'lock-failed'],
])

/** As proposed: no state outside the values, and nothing to be done when a program is loaded. */
function asProposed(): Mechanism {
  return {
    record: {
      init_field: (value) => new bpf_async_kern(value),
      obj_free_field: (value) => bpf_async_cancel_and_free(async_kern_of(value)),
      release_uref: RELEASED_WITH_LAST_FD,
    },
    load_program() {},
    submit,
    outcome(errno) {
      const outcome = OUTCOMES.get(errno)
      if (outcome === undefined)
        throw new LabBug(`none of init(), set_callback(), schedule() returns ${errno}`)
      return outcome
    },
  }
}

/**
 * Kumar Kartikeya Dwivedi's proposal in the review of bpf_task_work, worked out; nobody posted it as a patch.
 */
export const rqspinlockAsyncKern: Design = {
  id: 'rqspinlock-async-kern',
  title: 'bpf_async_kern under an rqspinlock',
  author: 'Kumar Kartikeya Dwivedi (proposal)',
  capabilities: { callbackContext: 'task', targetsTask: true, cancelsOnDelete: true },
  revisions: [
    {
      id: 'as-posted',
      title: 'the proposal of 19 and 20 August 2025, worked out',
      source:
        'bpf@vger.kernel.org, 19 and 20 August 2025, review of series v2, patch "bpf: task work scheduling kfuncs"',
    },
  ],
  create(revision) {
    if (revision !== 'as-posted') throw new LabBug(`rqspinlock-async-kern has no revision ${revision}`)
    return asProposed()
  },
}
