/**
 * What lies in a map value, the context behind it, and the states of the context. Follows struct
 * bpf_task_work, enum bpf_task_work_state and struct bpf_task_work_context as posted on 15 August 2025.
 *
 * Departures:
 * 1. memset() is one step over the members of the context; the structs embedded in it are born zeroed with
 *    their memory. Nobody else has the pointer yet: hides nothing.
 */
import type { bpf_callback } from '@bottom-half/deferred-work'
import {
  access,
  type Allocated,
  bpf_global_ma,
  type bpf_map,
  type bpf_map_value,
  bpf_mem_alloc_get,
  type bpf_prog,
  callback_head,
  Cell,
  generic,
  irq_work,
  type KernelPath,
  type MemoryObject,
  Oops,
  Order,
  plain_read,
  rcu_head,
  type task_struct,
  type task_work_notify_mode,
  TWA_NONE,
} from '@bottom-half/kernel-model'

/** Ready to be used. */
export const BPF_TW_STANDBY = 0
/** Owned by a scheduler, up to the irq_work. */
export const BPF_TW_PENDING = 1
/** The irq_work is about to add the task work; the callback may already run. */
export const BPF_TW_SCHEDULING = 2
/** The task work is queued. */
export const BPF_TW_SCHEDULED = 3
/** The callback runs. */
export const BPF_TW_RUNNING = 4
/** Detached from its value; stays so until the memory is freed. */
export const BPF_TW_FREED = 5

/** `enum bpf_task_work_state`. */
export type bpf_task_work_state =
  | typeof BPF_TW_STANDBY
  | typeof BPF_TW_PENDING
  | typeof BPF_TW_SCHEDULING
  | typeof BPF_TW_SCHEDULED
  | typeof BPF_TW_RUNNING
  | typeof BPF_TW_FREED

const NAMES = ['STANDBY', 'PENDING', 'SCHEDULING', 'SCHEDULED', 'RUNNING', 'FREED'] as const

/** `BPF_TW_PENDING` for 1. */
export function showState(state: bpf_task_work_state): string {
  return `BPF_TW_${NAMES[state]}`
}

/** Who may change the state. */
export type Actor = 'acquire' | 'irq' | 'callback' | 'cancel_and_free'

/** One line of the state table. */
export interface Transition {
  readonly from: bpf_task_work_state
  readonly to: bpf_task_work_state
  /** The function bpf_task_work_* (acquire: bpf_task_work_context_acquire) that does it. */
  readonly by: Actor
  readonly when: string
}

/**
 * All changes of `state` that the posted text makes: every one but the last five is a cmpxchg, those are one
 * xchg.
 */
export const STATE_TABLE: readonly Transition[] = [
  { from: BPF_TW_STANDBY, to: BPF_TW_PENDING, by: 'acquire', when: 'a program schedules' },
  { from: BPF_TW_PENDING, to: BPF_TW_SCHEDULING, by: 'irq', when: 'the irq_work runs' },
  { from: BPF_TW_SCHEDULING, to: BPF_TW_STANDBY, by: 'irq', when: 'task_work_add() failed' },
  { from: BPF_TW_SCHEDULING, to: BPF_TW_SCHEDULED, by: 'irq', when: 'task_work_add() succeeded' },
  { from: BPF_TW_SCHEDULING, to: BPF_TW_RUNNING, by: 'callback', when: 'it overtook the irq_work' },
  { from: BPF_TW_SCHEDULED, to: BPF_TW_RUNNING, by: 'callback', when: 'the task runs its work' },
  { from: BPF_TW_RUNNING, to: BPF_TW_STANDBY, by: 'callback', when: 'the BPF callback returned' },
  { from: BPF_TW_STANDBY, to: BPF_TW_FREED, by: 'cancel_and_free', when: 'frees' },
  { from: BPF_TW_PENDING, to: BPF_TW_FREED, by: 'cancel_and_free', when: 'irq resets and frees' },
  {
    from: BPF_TW_SCHEDULING,
    to: BPF_TW_FREED,
    by: 'cancel_and_free',
    when: 'irq (it cancels) or callback resets and frees',
  },
  {
    from: BPF_TW_SCHEDULED,
    to: BPF_TW_FREED,
    by: 'cancel_and_free',
    when: 'cancels, resets, frees; else callback does',
  },
  { from: BPF_TW_RUNNING, to: BPF_TW_FREED, by: 'cancel_and_free', when: 'callback resets and frees' },
]

/**
 * `struct bpf_task_work`: the special field of a map value. Zeroed when the slot is made, not when it is
 * given another key.
 */
export class bpf_task_work {
  /** Detached only by cancel_and_free; published only by a cmpxchg from NULL. */
  readonly ctx: Cell<bpf_task_work_context | null>
  /** `(void *)tw - map->record->task_work_off` */
  readonly map_val: bpf_map_value

  constructor(value: bpf_map_value) {
    this.ctx = new Cell<bpf_task_work_context | null>(`value#${value.slot}.tw.ctx`, null, value.map.object)
    this.map_val = value
  }
}

/** The irq_work in a context; `ctx` is what container_of() gives. */
export class context_irq_work extends irq_work {
  readonly ctx: bpf_task_work_context

  constructor(ctx: bpf_task_work_context, object: MemoryObject) {
    super('irq_work', zeroedFunc, object)
    this.ctx = ctx
  }
}

function* zeroedFunc(work: irq_work): KernelPath {
  throw new Oops('null-dereference', `${generic(work.name)}.func called before init_irq_work()`)
}

/**
 * `struct bpf_task_work_context`. Invariant that the text relies on: all members but `state` are written by
 * the one who moved it from STANDBY to PENDING, and read by its irq_work and its callback.
 */
export class bpf_task_work_context implements Allocated {
  readonly object: MemoryObject
  readonly map: Cell<bpf_map | null>
  readonly map_val: Cell<bpf_map_value | null>
  /** Holds a reference from the claim to the reset, which leaves the pointer as it is. */
  readonly prog: Cell<bpf_prog | null>
  /** As `prog`. */
  readonly task: Cell<task_struct | null>
  readonly mode: Cell<task_work_notify_mode>
  readonly state: Cell<bpf_task_work_state>
  readonly callback_fn: Cell<bpf_callback | null>
  readonly work: callback_head
  readonly irq_work: context_irq_work
  readonly rcu: rcu_head

  constructor(object: MemoryObject) {
    this.object = object
    this.map = new Cell<bpf_map | null>('map', null, object)
    this.map_val = new Cell<bpf_map_value | null>('map_val', null, object)
    this.prog = new Cell<bpf_prog | null>('prog', null, object)
    this.task = new Cell<task_struct | null>('task', null, object)
    this.mode = new Cell<task_work_notify_mode>('mode', TWA_NONE, object)
    this.state = new Cell<bpf_task_work_state>('state', BPF_TW_STANDBY, object, showState)
    this.callback_fn = new Cell<bpf_callback | null>('callback_fn', null, object)
    this.work = new callback_head('work', this, object)
    this.irq_work = new context_irq_work(this, object)
    this.rcu = new rcu_head('rcu', this, object)
  }
}

/** bpf_task_work_context_alloc(): a zeroed context, or null. Any context. */
export function* bpf_task_work_context_alloc(): KernelPath<bpf_task_work_context | null> {
  const make = (object: MemoryObject): bpf_task_work_context => new bpf_task_work_context(object)
  const ctx = yield* bpf_mem_alloc_get(bpf_global_ma(), make, 'bpf_task_work_context')
  if (ctx !== null) yield* memset(ctx)
  return ctx
}

/** `memset(ctx, 0, sizeof(*ctx))`: plain stores. */
function* memset(ctx: bpf_task_work_context): KernelPath {
  yield* access('memset', ctx.state, (m) => {
    m.store(ctx.map, null, Order.Plain)
    m.store(ctx.map_val, null, Order.Plain)
    m.store(ctx.prog, null, Order.Plain)
    m.store(ctx.task, null, Order.Plain)
    m.store(ctx.mode, TWA_NONE, Order.Plain)
    m.store(ctx.state, BPF_TW_STANDBY, Order.Plain)
    m.store(ctx.callback_fn, null, Order.Plain)
  })
}

/**
 * Reads a member of a context that is about to be followed; of a context that was never filled,
 * `null-dereference`.
 */
export function* follow<T>(member: Cell<T | null>): KernelPath<T> {
  const pointer = yield* plain_read(member)
  if (pointer === null)
    throw new Oops('null-dereference', `${generic(member.name)} followed before it was set`)
  return pointer
}

/** The field of a map value. */
export function task_work_of(value: bpf_map_value): bpf_task_work {
  return value.field as bpf_task_work
}
