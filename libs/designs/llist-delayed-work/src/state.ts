/**
 * What lies in a map value, what hangs on a program, and the states of an item. Follows struct
 * bpf_delayed_work_kern and struct bpf_delayed_irq_work as posted on 11 July 2022.
 *
 * Departures:
 * 1. The words of an item live as long as its map, as the other words of a value do: a slot that is freed and
 *    given to another key keeps its item, in whatever state. The kernel zeroes a slot only at its birth.
 *    Hides nothing.
 * 2. `data` is a map value and `cb` takes nothing else, as the verifier of the posting has it. Hides nothing.
 */
import {
  alloc_object,
  type Allocated,
  type bpf_map_value,
  type bpf_prog,
  Cell,
  irq_work,
  type irq_work_func,
  type KernelPath,
  llist_head,
  llist_node,
  type MemoryObject,
} from '@bottom-half/kernel-model'

/** May be submitted. */
export const FREE = 0
/** A submitter fills it in. */
export const CLAIMED = 1
/**
 * Four things that the posting does not tell apart: about to be queued, queued, running, ran and not yet
 * released.
 */
export const READY = 2

/** What `bpf_delayed_work_kern.flags` holds: the item's state, and its only lock. */
export type delayed_work_state = typeof FREE | typeof CLAIMED | typeof READY

const NAMES = ['FREE', 'CLAIMED', 'READY'] as const

/** `CLAIMED` for 1. */
export function showState(state: delayed_work_state): string {
  return NAMES[state]
}

/** Who changes the state. */
export type Actor = 'submit' | 'callback'

/** One line of the state table. */
export interface Transition {
  readonly from: delayed_work_state
  readonly to: delayed_work_state
  readonly by: Actor
  /** The step of the posted text, and what it means. */
  readonly when: string
}

/**
 * All changes of `flags`: two `cmpxchg` and an `xchg`. Nobody cancels, and no state says that the callback runs.
 */
export const STATE_TABLE: readonly Transition[] = [
  { from: FREE, to: CLAIMED, by: 'submit', when: 'S4, a program submits' },
  { from: CLAIMED, to: READY, by: 'submit', when: 'S6, data and cb are stored; the item is not queued yet' },
  { from: READY, to: FREE, by: 'callback', when: 'H6, the callback returned and the program was put' },
]

/** `bpf_delayed_work_cb`: one argument, no map and no key. */
export type bpf_delayed_work_cb = (data: bpf_map_value | null) => KernelPath

/**
 * `struct bpf_delayed_work_kern`, 32 of the 40 bytes of struct bpf_delayed_work: inline in the map value, so
 * that a submit allocates nothing. Zeroed when the slot is made, not when it is given another key.
 */
export class bpf_delayed_work_kern {
  readonly item: llist_node<bpf_delayed_work_kern>
  readonly flags: Cell<delayed_work_state>
  /**
   * Invariant that the text relies on: written only by who moved `flags` to CLAIMED, and by the handler
   * before it frees.
   */
  readonly cb: Cell<bpf_delayed_work_cb | null>
  /** As `cb`. */
  readonly data: Cell<bpf_map_value | null>

  constructor(value: bpf_map_value) {
    const owner = value.map.object
    const name = `value#${value.slot}.work`
    this.item = new llist_node<bpf_delayed_work_kern>(`${name}.item`, this, owner)
    this.flags = new Cell<delayed_work_state>(`${name}.flags`, FREE, owner, showState)
    this.cb = new Cell<bpf_delayed_work_cb | null>(`${name}.cb`, null, owner)
    this.data = new Cell<bpf_map_value | null>(`${name}.data`, null, owner)
  }
}

/** `struct bpf_delayed_irq_work`: one for each program that can submit; `aux->irq_work` points to it. */
export class bpf_delayed_irq_work implements Allocated {
  readonly object: MemoryObject
  readonly items: llist_head<bpf_delayed_work_kern>
  /** IRQ_WORK_INIT_HARD: hardirq context on PREEMPT_RT too. */
  readonly work: irq_work
  /** A plain pointer, set at verification and never changed: each queued item holds the reference. */
  readonly prog: bpf_prog

  /** kmalloc(GFP_KERNEL) by the verifier, while the machine boots. */
  constructor(prog: bpf_prog, func: irq_work_func) {
    this.object = alloc_object('bpf_delayed_irq_work')
    this.items = new llist_head<bpf_delayed_work_kern>('items', this.object)
    this.work = new irq_work('work', func, this.object, { hard: true })
    this.prog = prog
  }
}

/** The item of a map value. */
export function delayed_work_of(value: bpf_map_value): bpf_delayed_work_kern {
  return value.field as bpf_delayed_work_kern
}

/** `prog->aux->irq_work`: constant once the program is loaded, so reading it is no access. */
export function irq_work_of(prog: bpf_prog): bpf_delayed_irq_work {
  return prog.aux.irq_work as bpf_delayed_irq_work
}
