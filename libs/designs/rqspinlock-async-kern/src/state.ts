/**
 * What lies in a map value, the async object behind it, and the states of a firing. Follows struct
 * bpf_async_kern and struct bpf_async_cb of kernel/bpf/helpers.c (6.17) with the lock replaced by an
 * rqspinlock_t, and a third kind of async object beside bpf_hrtimer and bpf_work. Numbers [1] to [14] refer
 * to the choices in README.md.
 *
 * Departures:
 * 1. `map` and `value` are written once, before the object is published: they are no words. Hides nothing.
 * 2. Attempts that fail while the lock is held are folded into one wait for its release (lockSeenFree).
 *    Retrying for ever is then a deadlock, which it is. Hides only how often the retry failed.
 */
import type { bpf_callback } from '@bottom-half/deferred-work'
import {
  access,
  type Allocated,
  type bpf_map_value,
  type bpf_prog,
  callback_head,
  Cell,
  irq_work,
  type KernelPath,
  type MemoryObject,
  Order,
  rcu_head,
  refcount_t,
  rqspinlock_t,
  type task_struct,
  type task_work_notify_mode,
  TWA_NONE,
} from '@bottom-half/kernel-model'

/** May be scheduled. */
export const IDLE = 0
/** Scheduled, up to the irq_work. */
export const PENDING = 1
/** The task work is queued. */
export const QUEUED = 2
/** The callback runs. */
export const RUNNING = 3

/**
 * What `st` holds: the lock cannot be kept from schedule() to the callback, so that states are needed all the
 * same.
 */
export type async_state = typeof IDLE | typeof PENDING | typeof QUEUED | typeof RUNNING

const NAMES = ['IDLE', 'PENDING', 'QUEUED', 'RUNNING'] as const

/** `PENDING` for 1. */
export function showState(state: async_state): string {
  return NAMES[state]
}

/** Who changes the state. */
export type Actor = 'schedule' | 'irq' | 'callback'

/** One line of the state table. */
export interface Transition {
  readonly from: async_state
  readonly to: async_state
  readonly by: Actor
  readonly when: string
}

/**
 * All changes of `st`, each a plain store under the lock. `freed` is a word of its own: set once, under the
 * lock, by cancel_and_free in any state; from then on `st` moves only from RUNNING to IDLE, and who finds it
 * set drops the firing.
 */
export const STATE_TABLE: readonly Transition[] = [
  { from: IDLE, to: PENDING, by: 'schedule', when: 'S5, a program schedules' },
  { from: PENDING, to: QUEUED, by: 'irq', when: 'H3, task_work_add() succeeded' },
  { from: PENDING, to: IDLE, by: 'irq', when: 'H3, task_work_add() failed' },
  { from: QUEUED, to: RUNNING, by: 'callback', when: 'C3, the task runs its work' },
  { from: RUNNING, to: IDLE, by: 'callback', when: 'C5, the BPF callback returned' },
]

/** The callback of a program: what it set, or asked for. */
export interface Subprogram {
  readonly prog: bpf_prog
  readonly callback_fn: bpf_callback
}

/**
 * `struct bpf_async_kern`: the special field of a map value. Zeroed when the slot is made, not when it is
 * given another key.
 */
export class bpf_async_kern {
  /** Changed only under `lock`, read without it to see whether there is one. */
  readonly cb: Cell<bpf_async_task_work | null>
  /** In 6.17 a bpf_spin_lock, taken with interrupts off and not in NMI. Lives as long as the map. */
  readonly lock: rqspinlock_t

  constructor(value: bpf_map_value) {
    const owner = value.map.object
    const name = `value#${value.slot}.async`
    this.cb = new Cell<bpf_async_task_work | null>(`${name}.cb`, null, owner)
    this.lock = new rqspinlock_t(`${name}.lock`, owner)
  }
}

/** `struct bpf_async_cb`: what all kinds of async object begin with. */
export class bpf_async_cb {
  readonly value: bpf_map_value
  /** Holds a reference from set_callback() to cancel_and_free, not per firing. */
  readonly prog: Cell<bpf_prog | null>
  /** Changed together with `prog`. */
  readonly callback_fn: Cell<Subprogram | null>
  readonly rcu: rcu_head

  constructor(value: bpf_map_value, container: bpf_async_task_work) {
    const { object } = container
    this.value = value
    this.prog = new Cell<bpf_prog | null>('cb.prog', null, object)
    this.callback_fn = new Cell<Subprogram | null>('cb.callback_fn', null, object)
    this.rcu = new rcu_head('cb.rcu', container, object)
  }
}

/** The handlers of the three irq_works of an object. */
export interface Handlers {
  readonly fire: (tw: bpf_async_task_work) => KernelPath
  readonly destroy: (tw: bpf_async_task_work) => KernelPath
  readonly put: (tw: bpf_async_task_work) => KernelPath
}

/** BPF_ASYNC_TYPE_TASK_WORK [1]. Under `kern.lock`, unless noted otherwise. */
export class bpf_async_task_work implements Allocated {
  readonly object: MemoryObject
  readonly kern: bpf_async_kern
  readonly cb: bpf_async_cb
  /** One reference of the value, one of each firing. Not under the lock. */
  readonly refcnt: refcount_t
  readonly st: Cell<async_state>
  readonly freed: Cell<boolean>
  /** Of the firing, as long as `st` is not IDLE: holds a reference. */
  readonly task: Cell<task_struct | null>
  readonly mode: Cell<task_work_notify_mode>
  /**
   * Of the firing: holds a reference, so that a swap of `cb.prog` cannot take the program from under its
   * callback.
   */
  readonly run_prog: Cell<bpf_prog | null>
  /** Ghost [4]: whose schedule() was accepted. Written in the step that writes `task`. */
  readonly asked: Cell<Subprogram | null>
  readonly work: callback_head
  /** From schedule() to task_work_add(). */
  readonly irq_work: irq_work
  /** From cancel_and_free to the put of what the value held. */
  readonly destroy_irq_work: irq_work
  /** From a set_callback() in NMI to the put of `put_prog`. */
  readonly put_irq_work: irq_work
  /** Filled under the lock, emptied without it. */
  readonly put_prog: Cell<bpf_prog | null>

  constructor(object: MemoryObject, value: bpf_map_value, handlers: Handlers) {
    this.object = object
    this.kern = async_kern_of(value)
    this.cb = new bpf_async_cb(value, this)
    this.refcnt = new refcount_t('refcnt', 1, object)
    this.st = new Cell<async_state>('st', IDLE, object, showState)
    this.freed = new Cell('freed', false, object)
    this.task = new Cell<task_struct | null>('task', null, object)
    this.mode = new Cell<task_work_notify_mode>('mode', TWA_NONE, object)
    this.run_prog = new Cell<bpf_prog | null>('run_prog', null, object)
    this.asked = new Cell<Subprogram | null>('asked', null, object)
    this.work = new callback_head('work', this, object)
    this.irq_work = new irq_work('irq_work', () => handlers.fire(this), object)
    this.destroy_irq_work = new irq_work('destroy_irq_work', () => handlers.destroy(this), object)
    this.put_irq_work = new irq_work('put_irq_work', () => handlers.put(this), object)
    this.put_prog = new Cell<bpf_prog | null>('put_prog', null, object)
  }
}

/** The field of a map value. */
export function async_kern_of(value: bpf_map_value): bpf_async_kern {
  return value.field as bpf_async_kern
}

/**
 * All failing attempts of a retry at once: goes on as soon as nobody holds the lock; by then somebody may
 * take it again.
 */
export function* lockSeenFree(lock: rqspinlock_t): KernelPath {
  const { val } = lock
  const ready = (): boolean => val.peek() === 0
  const options = { ready, awaits: [val], holder: () => lock.holder }
  yield* access('retry', val, (m) => void m.load(val, Order.Once), options)
}
