/**
 * Running irq_work: the handlers of the self-IPI, of the tick and of the cross-CPU call. Follows
 * kernel/irq_work.c and flush_smp_call_function_queue() of kernel/smp.c (6.18, x86-64, not RT).
 *
 * Departures:
 * 1. irq_work_run_list has no llist_empty() before llist_del_all(), and the lazy list is looked at only if
 *    the machine has lazy work: both can change nothing. Hides nothing.
 * 2. Clearing PENDING is a store-release to the race detector (as it is on x86), relaxed in the kernel's
 *    text: hides the race of the plain read of `node.next` just before with a claimer on another CPU. A
 *    design's own accesses are not affected before func, since smp_mb() follows; an access of a *former* run
 *    is ordered by more than the text promises.
 */
import { access, type KernelPath, Order, RELAXED, running } from '../machine/index.ts'
import { atomic_read, cmpxchg } from './atomic.ts'
import { plain_read, smp_mb } from './barrier.ts'
import { IRQ_WORK_BUSY, IRQ_WORK_PENDING, type irq_work } from './irq_work_types.ts'
import { call_single_queue, hasLazyWork, lazy_list, raised_list } from './irq_work_lists.ts'
import { type llist_head, llist_del_all, llist_next, llist_reverse_order } from './llist.ts'
import { checkContext, irqs_disabled } from './preempt.ts'

/** The handler of the self-IPI. */
export function* irq_work_run(): KernelPath {
  yield* irq_work_run_list(raised_list(running().cpu))
  if (hasLazyWork()) yield* irq_work_run_list(lazy_list(running().cpu))
}

/** The part of the tick that is about irq_work; the raised list is left to the self-IPI. */
export function* irq_work_tick(): KernelPath {
  yield* irq_work_run_list(lazy_list(running().cpu))
}

/**
 * Newest first, nothing is reversed. `next` is read before the body, which may free or queue the work again.
 */
function* irq_work_run_list(list: llist_head<irq_work>): KernelPath {
  checkContext('irq_work_run_list', !irqs_disabled(), 'runs with interrupts on')
  let node = yield* llist_del_all(list)
  while (node !== null) {
    const next = yield* llist_next(node)
    yield* irq_work_single(node.entry)
    node = next
  }
}

/** The handler of the cross-CPU call: oldest first, unlike the local list. */
export function* flush_smp_call_function_queue(): KernelPath {
  let node = yield* llist_reverse_order(yield* llist_del_all(call_single_queue(running().cpu)))
  while (node !== null) {
    const next = yield* llist_next(node)
    yield* irq_work_single(node.entry)
    node = next
  }
}

/**
 * One run: PENDING is cleared before func, BUSY after it and only if nobody claimed meanwhile. Touches the
 * work after func.
 */
export function* irq_work_single(work: irq_work): KernelPath {
  const flags = (yield* atomic_read(work.a_flags)) & ~IRQ_WORK_PENDING
  yield* access(
    'atomic_set',
    work.a_flags,
    (m) => {
      m.store(work.a_flags, flags, Order.Release)
      work.runner = running()
    },
    RELAXED,
  )
  // Pairs with the full barrier of irq_work_claim(): who found PENDING set, has stored what func is to see.
  yield* smp_mb()
  const func = yield* plain_read(work.func)
  yield* func(work)
  yield* cmpxchg(work.a_flags, flags, flags & ~IRQ_WORK_BUSY)
}
