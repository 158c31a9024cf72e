/**
 * A mechanism that keeps every property: simple rather than fast, and written to be broken one line at a
 * time.
 *
 * submit (any context): claim the item, take a reference of program and task, push the item on the program's
 * list, queue the program's irq_work. irq_work: hands each item to its task. Task: runs the callback unless
 * it was cancelled. Freeing the fields of a value never waits: it changes the state, and whoever sees that
 * drops the work; only a task that may sleep for ever needs a second irq_work, which takes the work off its
 * list. No lock is taken and nothing put before an irq_work, for submit and free may be in NMI.
 */
import type {
  bpf_callback,
  Capabilities,
  Design,
  Mechanism,
  Outcome,
  SubmitRequest,
} from '@bottom-half/deferred-work'
import {
  atomic_fetch_add,
  atomic_read,
  atomic_set,
  bpf_prog_inc_not_zero,
  type bpf_prog,
  bpf_prog_put,
  bpf_task_acquire,
  bpf_task_release,
  type btf_record,
  type callback_head,
  cmpxchg,
  EBUSY,
  ENOENT,
  irq_work_queue,
  kfree,
  type KernelPath,
  llist_add,
  llist_del_all,
  llist_next,
  plain_read,
  plain_write,
  rcu_read_lock_trace,
  rcu_read_unlock_trace,
  READ_ONCE,
  refcount_dec_and_test,
  refcount_inc,
  type task_struct,
  task_work_add,
  task_work_cancel,
  TWA_RESUME,
  xchg,
} from '@bottom-half/kernel-model'
import { ABANDONED, ADDING, CANCELLED, CANCELLING, CLAIMED, DETACHED, deref, FREE, item } from './item.ts'
import { QUEUED, RUNNING, ticket } from './item.ts'

export class Reference implements Mechanism {
  readonly record: btf_record = {
    init_field: (value) =>
      new item(
        value,
        (work) => this.callback(work.entry as item),
        (it) => this.takeBack(it),
      ),
    obj_free_field: (value) => this.cancel(value.field as item),
    release_uref: true,
  }

  load_program(prog: bpf_prog): void {
    const t = new ticket((its) => this.irq(its))
    prog.aux.irq_work = t
    prog.aux.free_hooks.push(() => this.unload(t))
  }

  outcome(errno: number): Outcome {
    if (errno === 0) return 'accepted'
    return errno === -EBUSY ? 'busy' : 'dying'
  }

  *submit(request: SubmitRequest): KernelPath<number> {
    const it = request.value.field as item
    const t = request.prog.aux.irq_work as ticket
    const err = yield* this.claim(it, t)
    if (err !== 0) return err
    if ((yield* this.pin(request.prog)) !== 0) return yield* this.giveUp(it)
    yield* refcount_inc(t.users)
    const task = yield* this.acquire(request.task)
    yield* atomic_set(it.shares, 2)
    yield* this.fill(it, request.prog, task, request.callback_fn)
    yield* this.queue(it, t)
    return task === null ? -ENOENT : 0
  }

  /**
   * The last fd may be gone, and with it who could cancel: who frees the fields then sees the claim, or this
   * sees usercnt zero. The value may have left the map after the program found it: who frees its fields sees
   * the claim, or this sees `dead`. The kernel has no such count of a slot's lives as the generation is; no
   * design can do without one what this one does.
   */
  *claim(it: item, _t: ticket): KernelPath<number> {
    if ((yield* cmpxchg(it.state, FREE, CLAIMED)) !== FREE) return -EBUSY
    const life = yield* READ_ONCE(it.value.generation)
    const open = (yield* atomic_read(it.value.map.usercnt)) > 0
    if (open && (life & 1) === 1 && (yield* READ_ONCE(it.dead)) !== life) return 0
    return yield* this.giveUp(it)
  }

  *giveUp(it: item): KernelPath<number> {
    yield* xchg(it.state, FREE)
    return -ENOENT
  }

  *pin(prog: bpf_prog): KernelPath<number> {
    return yield* bpf_prog_inc_not_zero(prog)
  }

  *acquire(task: task_struct): KernelPath<task_struct | null> {
    return yield* bpf_task_acquire(task)
  }

  *fill(it: item, prog: bpf_prog, task: task_struct | null, callback_fn: bpf_callback): KernelPath {
    yield* plain_write(it.prog, prog)
    yield* plain_write(it.task, task)
    yield* plain_write(it.callback_fn, callback_fn)
  }

  *queue(it: item, t: ticket): KernelPath {
    yield* llist_add(it.node, t.items)
    yield* irq_work_queue(t.irq_work)
  }

  /** Each item belongs to the task from the moment in which it is added; the next one is read before. */
  *irq(t: ticket): KernelPath {
    let node = yield* llist_del_all(t.items)
    while (node !== null) {
      const next = yield* llist_next(node)
      yield* this.handOver(node.entry)
      node = next
    }
  }

  /** Without a task: submit could not get a reference, and must not put that of the program where it runs. */
  *handOver(it: item): KernelPath {
    const task = yield* plain_read(it.task)
    if (task === null) return yield* this.drop(it, 2)
    if ((yield* cmpxchg(it.state, CLAIMED, ADDING)) !== CLAIMED) return yield* this.drop(it, 2)
    if ((yield* this.addWork(task, it.work)) !== 0) return yield* this.drop(it, 2)
    const cancelled = (yield* cmpxchg(it.state, ADDING, QUEUED)) === CANCELLED
    const taken = cancelled && (yield* task_work_cancel(task, it.work))
    yield* this.drop(it, taken ? 2 : 1)
  }

  *addWork(task: task_struct, work: callback_head): KernelPath<number> {
    return yield* task_work_add(task, work, TWA_RESUME)
  }

  *callback(it: item): KernelPath {
    yield* rcu_read_lock_trace()
    let state = yield* cmpxchg(it.state, ADDING, RUNNING)
    if (state === QUEUED) state = yield* cmpxchg(it.state, QUEUED, RUNNING)
    if (state === ADDING || state === QUEUED) yield* this.run(it)
    if (state === CANCELLING) state = yield* cmpxchg(it.state, CANCELLING, ABANDONED)
    if (state !== CANCELLING) yield* this.drop(it, 1)
    yield* rcu_read_unlock_trace()
  }

  *run(it: item): KernelPath {
    const callback_fn = deref(it.callback_fn, yield* plain_read(it.callback_fn))
    const { map, key } = it.value
    yield* callback_fn(map, yield* READ_ONCE(key), it.value)
  }

  *drop(it: item, shares: number): KernelPath {
    if ((yield* atomic_fetch_add(-shares, it.shares)) === shares) yield* this.finish(it)
  }

  /**
   * From the xchg on the item may belong to somebody else; the program keeps the map, and so the item, until
   * it is put.
   */
  *finish(it: item): KernelPath {
    const prog = deref(it.prog, yield* plain_read(it.prog))
    const task = yield* plain_read(it.task)
    yield* xchg(it.state, FREE)
    yield* refcount_dec_and_test((prog.aux.irq_work as ticket).users)
    yield* this.unpin(prog, task)
  }

  *unpin(prog: bpf_prog, task: task_struct | null): KernelPath {
    if (task !== null) yield* bpf_task_release(task)
    yield* bpf_prog_put(prog)
  }

  /** In the order in which the states follow each other: what moved on meanwhile is met again. */
  *cancel(it: item): KernelPath {
    yield* this.bury(it)
    if ((yield* cmpxchg(it.state, CLAIMED, CANCELLED)) === CLAIMED) return
    if ((yield* cmpxchg(it.state, ADDING, CANCELLED)) === ADDING) return
    if ((yield* cmpxchg(it.state, QUEUED, CANCELLING)) === QUEUED) yield* irq_work_queue(it.cancel_work)
  }

  /**
   * The irq_work of a cancelled item. Not found on the list: the task has it, and one of the two sees to the
   * item.
   */
  *takeBack(it: item): KernelPath {
    const task = deref(it.task, yield* plain_read(it.task))
    const taken = yield* task_work_cancel(task, it.work)
    if (!taken && (yield* cmpxchg(it.state, CANCELLING, DETACHED)) === CANCELLING) return
    yield* this.drop(it, 1)
  }

  *bury(it: item): KernelPath {
    if (it.value.map.type !== 'array') yield* xchg(it.dead, yield* READ_ONCE(it.value.generation))
  }

  /** No submit of the program is in flight any more, and its last handlers ended a grace period ago. */
  *unload(t: ticket): KernelPath {
    yield* refcount_dec_and_test(t.users)
    yield* kfree(t)
  }
}

const capabilities: Capabilities = { callbackContext: 'task', targetsTask: true, cancelsOnDelete: true }

/** A design whose one revision is the given mechanism. */
export function designOf(id: string, create: () => Mechanism, promised: Capabilities = capabilities): Design {
  return {
    id,
    title: id,
    author: 'this lab',
    capabilities: promised,
    revisions: [{ id: 'as-posted', title: 'The only one', source: 'libs/conformance/test' }],
    create,
  }
}

export const reference = designOf('reference', () => new Reference())
