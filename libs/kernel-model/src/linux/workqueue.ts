/**
 * Work items. Follows include/linux/workqueue.h and kernel/workqueue.c (6.18): queue_work_on(),
 * process_one_work(), __cancel_work_sync(), __flush_work().
 *
 * Departures:
 * 1. A worker is always there, on a CPU of its own: items wait for nothing but an earlier run of themselves.
 *    Hides stalls of a pool whose workers are all blocked, and a queue's max_active; invents overtaking among
 *    items of one pool.
 * 2. pool->lock is part of the steps, which are atomic as its critical sections are. Hides its contention
 *    only.
 * 3. Waking the worker takes no lock; instead, schedule_work() under a lock called pi_lock is a context
 *    violation. Invents one where no lock is shared with the worker: lockdep would complain there too.
 *
 * As in the kernel, nothing looks at the work_struct after func, which may free it.
 */
import { access, Cell, type Frame, generic, type KernelPath, type Machine } from '../machine/index.ts'
import { machine, type MemoryObject, Oops, Order, running } from '../machine/index.ts'
import { lock_is_held } from './lockdep.ts'
import { checkContext, in_atomic, in_nmi, might_sleep } from './preempt.ts'

/** `work_func_t`. */
export type work_func_t = (work: work_struct) => KernelPath

/** One queueing of an item: the worker that will run it. */
interface Execution {
  readonly name: string
  frame: Frame | null
}

/** `struct work_struct`. */
export class work_struct {
  readonly name: string
  /** WORK_STRUCT_PENDING: set by whoever queues it, cleared just before func is entered. */
  readonly pending: Cell<boolean>
  readonly func: Cell<work_func_t>
  /** WORK_OFFQ_DISABLE: queueing is refused while a cancel_work_sync() waits. */
  readonly disabled: Cell<number>
  /** On the pool's worklist. Belongs to the pool: outlives the work. */
  readonly queued: Cell<Execution | null>
  /** `worker->current_work` of the worker that is in func. Belongs to the worker: outlives the work. */
  readonly current_work: Cell<Execution | null>

  constructor(name: string, func: work_func_t, owner: MemoryObject | null = null) {
    this.name = owner === null ? name : `${owner.name}.${name}`
    this.pending = new Cell(`${name}.pending`, false, owner)
    this.func = new Cell(`${name}.func`, func, owner)
    this.disabled = new Cell(`${name}.disabled`, 0, owner)
    this.queued = new Cell<Execution | null>(`${this.name} on worklist`, null)
    this.current_work = new Cell<Execution | null>(`${this.name} current_work`, null)
  }
}

/** Plain stores of the whole struct. Of a work that is queued: `list-corruption`. */
export function* INIT_WORK(work: work_struct, func: work_func_t): KernelPath {
  yield* access('INIT_WORK', work.pending, (m) => {
    if (work.queued.peek() !== null)
      throw new Oops('list-corruption', `INIT_WORK() of queued ${generic(work.name)}`)
    m.touch(work.queued, 0)
    m.store(work.pending, false, Order.Plain)
    m.store(work.disabled, 0, Order.Plain)
    m.store(work.func, func, Order.Plain)
  })
}

/**
 * Queues; a full barrier either way. False = PENDING already (func is still to be entered, and will see what
 * the caller stored before), or a cancel is waiting. Any context but NMI (pool->lock), and not under pi_lock
 * (wakes a worker).
 */
export function* schedule_work(work: work_struct): KernelPath<boolean> {
  checkContext('schedule_work', in_nmi(), 'takes pool->lock, but is called in NMI')
  checkContext('schedule_work', lock_is_held('pi_lock'), 'wakes a worker, but is called under pi_lock')
  return yield* access('schedule_work', work.pending, (m) => {
    const pending = m.load(work.pending, Order.Once)
    m.store(work.pending, true, Order.Full, true)
    if (pending) return false
    if (m.load(work.disabled, Order.Once) > 0) {
      m.store(work.pending, false, Order.Once, true)
      return false
    }
    const execution: Execution = { name: 'queued', frame: null }
    m.store(work.queued, execution, Order.Full)
    execution.frame = m.spawn('kworker', () => worker_thread(work, execution))
    return true
  })
}

/** Not re-entrant: an item that is queued while it runs waits for that run to end. */
function* worker_thread(work: work_struct, execution: Execution): KernelPath {
  const func = yield* process_one_work(work, execution)
  if (func === null) return
  yield* func(work)
  if (in_atomic() || running().rcuNesting > 0)
    machine().report('warn', `BUG: workqueue leaked atomic, lock or RCU: ${generic(work.name)}`)
  yield* access('worker done', work.current_work, (m) => m.store(work.current_work, null, Order.Release))
}

/** PENDING is cleared before func: from here on the item can be queued again. Null: it was cancelled. */
function* process_one_work(work: work_struct, execution: Execution): KernelPath<work_func_t | null> {
  const { queued, current_work } = work
  const ready = (): boolean => queued.peek() !== execution || current_work.peek() === null
  const holder = (): Frame | null => current_work.peek()?.frame ?? null
  const run = (m: Machine): work_func_t | null => {
    if (m.load(queued, Order.Once) !== execution) return null
    m.load(current_work, Order.Acquire)
    m.store(current_work, execution, Order.Once)
    m.store(queued, null, Order.Once)
    const func = m.load(work.func, Order.Plain)
    m.load(work.pending, Order.Once)
    m.store(work.pending, false, Order.Full, true)
    return func
  }
  return yield* access('process_one_work', work.pending, run, {
    ready,
    awaits: [queued, current_work],
    holder,
  })
}

/**
 * Waits until the item that is queued or runs now has run; sleeps. False: there was none. From its own func:
 * waits for itself.
 */
export function* flush_work(work: work_struct): KernelPath<boolean> {
  might_sleep('flush_work')
  const execution = yield* access('start_flush_work', work.pending, (m) => {
    m.load(work.pending, Order.Once)
    return m.load(work.queued, Order.Acquire) ?? m.load(work.current_work, Order.Acquire)
  })
  if (execution === null) return false
  const { queued, current_work } = work
  const over = (): boolean => queued.peek() !== execution && current_work.peek() !== execution
  yield* access('flush_work', current_work, loadBoth(work), {
    ready: over,
    awaits: [queued, current_work],
    holder: () => execution.frame,
  })
  return true
}

function loadBoth(work: work_struct): (m: Machine) => void {
  return (m) => {
    m.load(work.queued, Order.Acquire)
    m.load(work.current_work, Order.Acquire)
  }
}

/**
 * Takes the item off the worklist, waits for a run in progress, and refuses queueing meanwhile; sleeps. True:
 * it was pending. Afterwards it can be queued again. From its own func: waits for itself.
 */
export function* cancel_work_sync(work: work_struct): KernelPath<boolean> {
  might_sleep('cancel_work_sync')
  const pending = yield* access('cancel_work', work.pending, (m) => {
    const was = m.load(work.pending, Order.Once)
    m.store(work.pending, false, Order.Full, true)
    m.store(work.queued, null, Order.Once)
    m.store(work.disabled, m.load(work.disabled, Order.Once) + 1, Order.Once)
    return was
  })
  const ready = (): boolean => work.current_work.peek() === null
  const holder = (): Frame | null => work.current_work.peek()?.frame ?? null
  yield* access('cancel_work_sync', work.current_work, loadBoth(work), {
    ready,
    awaits: [work.current_work],
    holder,
  })
  yield* access('enable_work', work.disabled, (m) => {
    m.store(work.disabled, m.load(work.disabled, Order.Once) - 1, Order.Once)
  })
  return pending
}
