/** The rivals: the only place of the laboratory that lists them. */
import { cmpxchgTaskWork } from '@bottom-half/cmpxchg-task-work'
import type { Design } from '@bottom-half/deferred-work'
import { llistDelayedWork } from '@bottom-half/llist-delayed-work'
import { rqspinlockAsyncKern } from '@bottom-half/rqspinlock-async-kern'

/** In the order in which they were proposed. */
export const DESIGNS: readonly Design[] = [llistDelayedWork, cmpxchgTaskWork, rqspinlockAsyncKern]

/** The text of each design that is compared. */
export const REVISION = 'as-posted'
