/** The races that every design is put through, unchanged. */
import type { Workload } from '@bottom-half/deferred-work'
import { nmiDeleteUnderPiLock } from './nmi-delete-under-pi-lock.ts'
import { nmiSubmitDuringSubmit } from './nmi-submit-during-submit.ts'
import { oneSubmit } from './one-submit.ts'
import { resubmitFromCallback } from './resubmit-from-callback.ts'
import { submitVsDelete } from './submit-vs-delete.ts'
import { submitVsLastUref } from './submit-vs-last-uref.ts'
import { submitVsProgramUnload } from './submit-vs-program-unload.ts'
import { submitVsTaskExit } from './submit-vs-task-exit.ts'
import { twoSubmittersOneValue } from './two-submitters-one-value.ts'
import { twoValuesOneBatch } from './two-values-one-batch.ts'

/** From the plain case to the rare one. */
export const WORKLOADS: readonly Workload[] = [
  oneSubmit,
  twoSubmittersOneValue,
  twoValuesOneBatch,
  nmiSubmitDuringSubmit,
  submitVsDelete,
  submitVsLastUref,
  submitVsTaskExit,
  submitVsProgramUnload,
  nmiDeleteUnderPiLock,
  resubmitFromCallback,
]

/** The workload of this name, or undefined. */
export function workloadOf(id: string): Workload | undefined {
  return WORKLOADS.find((workload) => workload.id === id)
}
