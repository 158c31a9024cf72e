/** bpf_task_work: a context behind the value, owned by cmpxchg on its state; callbacks run as task work. */
import type { Design, Mechanism, Outcome } from '@bottom-half/deferred-work'
import { EBADF, EBUSY, ENOMEM, EPERM, LabBug } from '@bottom-half/kernel-model'
import { bpf_task_work_cancel_and_free } from './cancel.ts'
import { RELEASED_WITH_LAST_FD } from './lifetime.ts'
import { bpf_task_work, task_work_of } from './state.ts'
import { submit } from './submit.ts'

export { bpf_task_work_schedule_signal } from './submit.ts'

const OUTCOMES: ReadonlyMap<number, Outcome> = new Map<number, Outcome>([
  [0, 'accepted'],
  [-EBUSY, 'busy'],
  [-EBADF, 'dying'],
  [-EPERM, 'dying'],
  [-ENOMEM, 'no-memory'],
])

/** As posted: no state outside the values, and nothing to be done when a program is loaded. */
function asPosted(): Mechanism {
  return {
    record: {
      init_field: (value) => new bpf_task_work(value),
      obj_free_field: (value) => bpf_task_work_cancel_and_free(task_work_of(value)),
      release_uref: RELEASED_WITH_LAST_FD,
    },
    load_program() {},
    submit,
    outcome(errno) {
      const outcome = OUTCOMES.get(errno)
      if (outcome === undefined) throw new LabBug(`bpf_task_work_schedule() does not return ${errno}`)
      return outcome
    },
  }
}

/** Mykyta Yatsenko's bpf_task_work, as posted for review on 15 August 2025. */
export const cmpxchgTaskWork: Design = {
  id: 'cmpxchg-task-work',
  title: 'bpf_task_work',
  author: 'Mykyta Yatsenko',
  capabilities: { callbackContext: 'task', targetsTask: true, cancelsOnDelete: true },
  revisions: [
    {
      id: 'as-posted',
      title: 'bpf_task_work with a context from bpf_global_ma, published by cmpxchg',
      source: 'bpf@vger.kernel.org, 15 August 2025, series v2, patch "bpf: task work scheduling kfuncs"',
    },
  ],
  create(revision) {
    if (revision !== 'as-posted') throw new LabBug(`cmpxchg-task-work has no revision ${revision}`)
    return asPosted()
  },
}
