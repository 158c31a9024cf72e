/** The structs of the reference mechanism. */
import type { bpf_callback } from '@bottom-half/deferred-work'
import {
  alloc_object,
  type Allocated,
  type bpf_map_value,
  type bpf_prog,
  callback_head,
  Cell,
  generic,
  irq_work,
  type KernelPath,
  llist_head,
  llist_node,
  type MemoryObject,
  Oops,
  refcount_t,
  type task_struct,
  type task_work_func_t,
} from '@bottom-half/kernel-model'

/** States of an item. */
export const FREE = 0
/** Belongs to a submit, up to the irq_work. */
export const CLAIMED = 1
/** The irq_work hands it to the task, which may already run it. */
export const ADDING = 2
/** On the task's list. */
export const QUEUED = 3
/** The callback runs, or ran. */
export const RUNNING = 4
/** The value's fields were freed while it was CLAIMED or ADDING: the irq_work sees to it. */
export const CANCELLED = 5
/**
 * They were freed while it was QUEUED: a second irq_work takes it off the list, if the task does not come
 * first.
 */
export const CANCELLING = 6
/** The second irq_work came too late: the task sees to it. */
export const DETACHED = 7
/** The task came first: the second irq_work sees to it. */
export const ABANDONED = 8

/** The special field: it lies in the value's slot, whose memory is never given to anything else. */
export class item {
  readonly value: bpf_map_value
  readonly state: Cell<number>
  /** The life of the slot (its generation) in which the value last left the map; 0 = it never did. */
  readonly dead: Cell<number>
  /**
   * Shares of an item that is not FREE: one of the irq_work, one of whoever runs or cancels it. The last to
   * drop its share frees the item.
   */
  readonly shares: Cell<number>
  /** Written by whoever moved `state` from FREE, up to the move back. */
  readonly prog: Cell<bpf_prog | null>
  readonly task: Cell<task_struct | null>
  readonly callback_fn: Cell<bpf_callback | null>
  readonly node: llist_node<item>
  readonly work: callback_head
  /** Takes `work` off the task's list. */
  readonly cancel_work: irq_work

  constructor(value: bpf_map_value, func: task_work_func_t, cancel: (it: item) => KernelPath) {
    const owner = value.map.object
    const name = `item#${value.slot}`
    this.value = value
    this.state = new Cell(`${name}.state`, FREE, owner)
    this.dead = new Cell(`${name}.dead`, 0, owner)
    this.prog = new Cell<bpf_prog | null>(`${name}.prog`, null, owner)
    this.task = new Cell<task_struct | null>(`${name}.task`, null, owner)
    this.callback_fn = new Cell<bpf_callback | null>(`${name}.callback_fn`, null, owner)
    this.node = new llist_node(`${name}.node`, this, owner)
    this.work = new callback_head(`${name}.work`, this, owner)
    this.work.func.value = func
    this.cancel_work = new irq_work(`${name}.cancel_work`, () => cancel(this), owner)
    this.shares = new Cell(`${name}.shares`, 0, owner)
  }
}

/** What a program gets at load: the list of its submitted items, and the irq_work that moves them on. */
export class ticket implements Allocated {
  readonly object: MemoryObject
  readonly items: llist_head<item>
  readonly irq_work: irq_work
  /** One for the program, one for each item in flight. */
  readonly users: refcount_t
  /** How many submits there were; nobody needs it. */
  readonly submits: Cell<number>

  constructor(func: (t: ticket) => KernelPath) {
    this.object = alloc_object('ticket')
    this.items = new llist_head('items', this.object)
    this.irq_work = new irq_work('irq_work', () => func(this), this.object)
    this.users = new refcount_t('users', 1, this.object)
    this.submits = new Cell('submits', 0, this.object)
  }
}

/** Follows a pointer. */
export function deref<T>(cell: Cell, pointer: T | null): T {
  if (pointer === null)
    throw new Oops('null-dereference', `NULL pointer dereference through ${generic(cell.name)}`)
  return pointer
}
