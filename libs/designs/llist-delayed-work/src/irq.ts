/**
 * The irq_work's handler. Follows the handler of struct bpf_delayed_irq_work as posted on 11 July 2022, steps
 * H1 to H3. Hardirq, interrupts off, on the CPU whose submit claimed the irq_work; no rcu_read_lock(), no run
 * context, no bpf_prog_active.
 *
 * Departures:
 * 1. The name of the function is ours.
 */
import { type KernelPath, llist_del_all, llist_next, llist_reverse_order } from '@bottom-half/kernel-model'
import { runItem } from './callback.ts'
import type { bpf_delayed_irq_work } from './state.ts'

/**
 * Takes the list and runs it in one go, however long it is.
 *
 * H2 is the posting's mistake, kept: llist_reverse_order() gives the new head, and nobody takes it. `list`
 * still points to the newest item, which is the *last* one of the reversed chain: of a batch of several items
 * only the newest runs, and the others stay READY with a reference of the program each.
 */
export function* drain(irq_work: bpf_delayed_irq_work): KernelPath {
  // H1: a full barrier; pairs with the cmpxchg of llist_add() in S8.
  const list = yield* llist_del_all(irq_work.items)
  // H2
  yield* llist_reverse_order(list)
  let node = list
  while (node !== null) {
    // H3: the safe iteration, for after H6 the item may be on a list again.
    const next = yield* llist_next(node)
    yield* runItem(node.entry, irq_work)
    node = next
  }
}
