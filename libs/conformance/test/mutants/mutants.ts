/** One wrong line each: what the property's check must see, and no other check. */
import type { bpf_callback, Mechanism, SubmitRequest } from '@bottom-half/deferred-work'
import {
  access,
  type bpf_prog,
  bpf_task_release,
  type callback_head,
  cmpxchg,
  ENOENT,
  irq_work_queue,
  kfree,
  type KernelPath,
  llist_add,
  llist_del_all,
  llist_next,
  Order,
  plain_read,
  plain_write,
  READ_ONCE,
  refcount_dec_and_test,
  schedule_work,
  type task_struct,
  task_work_add,
  TWA_NMI_CURRENT,
  TWA_RESUME,
  work_struct,
  WRITE_ONCE,
} from '@bottom-half/kernel-model'
import { ADDING, CLAIMED, FREE, type item, type ticket } from './item.ts'
import { Reference } from './reference.ts'

/** A broken mechanism, the property that it breaks, and a workload that shows it. */
export interface Mutant {
  /** What is wrong, in words. */
  readonly fault: string
  readonly property: string
  readonly workload: string
  readonly create: () => Mechanism
}

class NoProgramReference extends Reference {
  override *pin(): KernelPath<number> {
    return 0
  }
  override *unpin(_prog: bpf_prog, task: task_struct | null): KernelPath {
    if (task !== null) yield* bpf_task_release(task)
  }
}

class FreesTwice extends Reference {
  override *unload(t: ticket): KernelPath {
    yield* super.unload(t)
    yield* kfree(t)
  }
}

class ForgetsTheProgram extends Reference {
  override *fill(it: item, _prog: bpf_prog, task: task_struct | null, callback_fn: bpf_callback): KernelPath {
    yield* plain_write(it.task, task)
    yield* plain_write(it.callback_fn, callback_fn)
  }
}

class KeepsTheTask extends Reference {
  override *unpin(prog: bpf_prog): KernelPath {
    yield* super.unpin(prog, null)
  }
}

/** As if the list could only have one item. */
class RunsOnlyTheNewest extends Reference {
  override *irq(t: ticket): KernelPath {
    const newest = yield* llist_del_all(t.items)
    if (newest === null) return
    let node = yield* llist_next(newest)
    while (node !== null) {
      const next = yield* llist_next(node)
      yield* this.drop(node.entry, 2)
      node = next
    }
    yield* this.handOver(newest.entry)
  }
}

class RunsTwice extends Reference {
  override *run(it: item): KernelPath {
    yield* super.run(it)
    yield* super.run(it)
  }
}

/** Stores the callback before it owns the item. */
class RunsRefused extends Reference {
  override *submit(request: SubmitRequest): KernelPath<number> {
    yield* WRITE_ONCE((request.value.field as item).callback_fn, request.callback_fn)
    return yield* super.submit(request)
  }
  override *fill(it: item, prog: bpf_prog, task: task_struct | null): KernelPath {
    yield* plain_write(it.prog, prog)
    yield* plain_write(it.task, task)
  }
  override *run(it: item): KernelPath {
    const { map, key } = it.value
    const callback_fn = (yield* READ_ONCE(it.callback_fn))!
    yield* callback_fn(map, yield* READ_ONCE(key), it.value)
  }
}

class CancelsNothing extends Reference {
  override *cancel(it: item): KernelPath {
    yield* this.bury(it)
  }
}

class RunsInTheInterrupt extends Reference {
  override *handOver(it: item): KernelPath {
    yield* cmpxchg(it.state, CLAIMED, ADDING)
    yield* this.callback(it)
    yield* this.drop(it, 1)
  }
}

/** Waits for the item, whoever has it: also for what it interrupted. */
class CancelWaits extends Reference {
  override *cancel(it: item): KernelPath {
    const { state } = it
    yield* super.cancel(it)
    const ready = (): boolean => state.peek() === FREE
    yield* access('spin until free', state, (m) => m.load(state, Order.Acquire), { ready, awaits: [state] })
  }
}

/** Tells somebody of each refusal, through a work item: the pool's lock is not for NMI. */
class WorkFromSubmit extends Reference {
  private readonly complaint = new work_struct('complaint', nothing, null);
  override *claim(it: item, t: ticket): KernelPath<number> {
    const err = yield* super.claim(it, t)
    if (err !== 0) yield* schedule_work(this.complaint)
    return err
  }
}

function* nothing(): KernelPath {}

class PutsOnRefusal extends Reference {
  override *claim(it: item, t: ticket): KernelPath<number> {
    const err = yield* super.claim(it, t)
    if (err !== 0) yield* refcount_dec_and_test(t.users)
    return err
  }
}

class NoRollback extends Reference {
  override *giveUp(): KernelPath<number> {
    return -ENOENT
  }
}

/** Waits for the last user, and forgets that it is one itself. */
class UnloadWaits extends Reference {
  override *unload(t: ticket): KernelPath {
    const { refs } = t.users
    const ready = (): boolean => refs.peek() === 0
    yield* access('wait_event', refs, (m) => m.load(refs, Order.Acquire), {
      ready,
      awaits: [refs],
      idle: true,
    })
    yield* kfree(t)
  }
}

class CountsUnmarked extends Reference {
  override *claim(it: item, t: ticket): KernelPath<number> {
    yield* plain_write(t.submits, (yield* plain_read(t.submits)) + 1)
    return yield* super.claim(it, t)
  }
}

/** Takes the false of irq_work_queue() for "not queued, try again". */
class AddsTwice extends Reference {
  override *queue(it: item, t: ticket): KernelPath {
    yield* llist_add(it.node, t.items)
    if (!(yield* irq_work_queue(t.irq_work))) yield* llist_add(it.node, t.items)
  }
}

/** TWA_NMI_CURRENT is for the current task alone. */
class TriesNmiCurrent extends Reference {
  override *addWork(task: task_struct, work: callback_head): KernelPath<number> {
    if ((yield* task_work_add(task, work, TWA_NMI_CURRENT)) === 0) return 0
    return yield* task_work_add(task, work, TWA_RESUME)
  }
}

const mutant = (property: string, workload: string, fault: string, create: () => Mechanism): Mutant => ({
  property,
  workload,
  fault,
  create,
})

export const MUTANTS: readonly Mutant[] = [
  mutant(
    'no-use-after-free',
    'submit-vs-program-unload',
    'no reference of the program is held',
    () => new NoProgramReference(),
  ),
  mutant('no-double-free', 'one-submit', 'the ticket is freed twice', () => new FreesTwice()),
  mutant(
    'no-bad-pointer',
    'one-submit',
    'the program is not stored in the item',
    () => new ForgetsTheProgram(),
  ),
  mutant('no-leak', 'one-submit', 'the reference of the task is never put', () => new KeepsTheTask()),
  mutant(
    'exactly-once',
    'two-values-one-batch',
    'only the newest item of a batch runs',
    () => new RunsOnlyTheNewest(),
  ),
  mutant('exactly-once', 'one-submit', 'the callback is called twice', () => new RunsTwice()),
  mutant(
    'exactly-once',
    'nmi-submit-during-submit',
    'a refused submit overwrites the callback',
    () => new RunsRefused(),
  ),
  mutant(
    'no-callback-after-free',
    'submit-vs-delete',
    'deleting does not cancel',
    () => new CancelsNothing(),
  ),
  mutant(
    'callback-context',
    'one-submit',
    'the callback runs in the irq_work',
    () => new RunsInTheInterrupt(),
  ),
  mutant('no-deadlock', 'nmi-delete-under-pi-lock', 'cancelling waits for the item', () => new CancelWaits()),
  mutant(
    'no-context-violation',
    'nmi-submit-during-submit',
    'submit schedules a work item',
    () => new WorkFromSubmit(),
  ),
  mutant(
    'refcounts-sound',
    'two-submitters-one-value',
    'a refused submit puts what it did not get',
    () => new PutsOnRefusal(),
  ),
  mutant(
    'no-value-stuck',
    'submit-vs-program-unload',
    'a failed submit keeps its claim',
    () => new NoRollback(),
  ),
  mutant('teardown-ends', 'one-submit', 'unloading waits for its own reference', () => new UnloadWaits()),
  mutant(
    'no-data-race',
    'two-submitters-one-value',
    'submits are counted without marking',
    () => new CountsUnmarked(),
  ),
  mutant(
    'list-integrity',
    'two-values-one-batch',
    'an item is added again when the irq_work is pending',
    () => new AddsTwice(),
  ),
  mutant('no-warn', 'one-submit', 'TWA_NMI_CURRENT is tried for every task', () => new TriesNmiCurrent()),
]
