/**
 * Lock-free, null-terminated, singly linked stack. Follows include/linux/llist.h and lib/llist.c (6.18).
 *
 * Departures:
 * 1. Two nodes are the same pointer only if they are the same incarnation: an ABA of `head->first` through
 *    recycled memory makes a compare-and-exchange fail here, where the kernel's succeeds. Can hide a bug of
 *    llist_del_first; not one of llist_add, for which ABA is harmless.
 * 2. Adding a node that is on a list stops the schedule (`list-corruption`); the kernel notices nothing and
 *    goes on with a broken list. A node that was taken off by llist_del_all counts as off from that step:
 *    adding it again while its former chain is still walked is not reported by itself, but the walk then goes
 *    astray as it does in the kernel.
 */
import {
  access,
  Cell,
  generic,
  type KernelPath,
  type Machine,
  Oops,
  Order,
  RELAXED,
  WRITES,
} from '../machine/index.ts'
import type { MemoryObject } from '../machine/index.ts'
import { plain_read, plain_write, READ_ONCE, smp_load_acquire } from './barrier.ts'

/** `struct llist_node`, embedded in `entry`. */
export class llist_node<T> {
  readonly next: Cell<llist_node<T> | null>
  /** What container_of() gives. */
  readonly entry: T
  readonly name: string
  /**
   * Ghost: on a list that somebody can still reach through its head. Changed in the step that makes it true.
   */
  onList = false

  constructor(name: string, entry: T, owner: MemoryObject | null) {
    this.next = new Cell<llist_node<T> | null>(`${name}.next`, null, owner)
    this.name = owner === null ? name : `${owner.name}.${name}`
    this.entry = entry
  }
}

/** `struct llist_head`. */
export class llist_head<T> {
  readonly first: Cell<llist_node<T> | null>

  constructor(name: string, owner: MemoryObject | null = null) {
    this.first = new Cell<llist_node<T> | null>(`${name}.first`, null, owner)
  }
}

/** Oops `list-corruption` if the node is on a list. Called within a step that touches `node.next`. */
function mustBeOff<T>(m: Machine, node: llist_node<T>): void {
  m.touch(node.next, 0)
  if (!node.onList) return
  throw new Oops('list-corruption', `${generic(node.name)} added to a llist while it is on one`)
}

function setOnList<T>(m: Machine, node: llist_node<T>, onList: boolean): void {
  m.touch(node.next, WRITES)
  node.onList = onList
}

/**
 * Adds the node in front; any context. Always succeeds: **true means that the list was empty before**.
 * A node that is on a list already: `list-corruption`.
 */
export function* llist_add<T>(node: llist_node<T>, head: llist_head<T>): KernelPath<boolean> {
  let first = yield* READ_ONCE(head.first)
  for (;;) {
    yield* link(node, first)
    const seen = yield* push(node, first, head)
    if (seen === first) return first === null
    first = seen
  }
}

/** `new->next = first`, a plain store. */
function link<T>(node: llist_node<T>, first: llist_node<T> | null): KernelPath {
  return access(
    'write',
    node.next,
    (m) => {
      m.store(node.next, first, Order.Plain)
      mustBeOff(m, node)
    },
    RELAXED,
  )
}

/** try_cmpxchg(&head->first, &first, new); gives the value found. */
function push<T>(
  node: llist_node<T>,
  first: llist_node<T> | null,
  head: llist_head<T>,
): KernelPath<llist_node<T> | null> {
  return access('try_cmpxchg', head.first, (m) => {
    const seen = m.load(head.first, Order.Once)
    if (seen !== first) return seen
    m.store(head.first, node, Order.Full, true)
    mustBeOff(m, node)
    setOnList(m, node, true)
    return seen
  })
}

/** Takes the whole list, newest first; null if it was empty. Any context, any number of callers. */
export function llist_del_all<T>(head: llist_head<T>): KernelPath<llist_node<T> | null> {
  return access('xchg', head.first, (m) => {
    const first = m.load(head.first, Order.Once)
    m.store(head.first, null, Order.Full, true)
    for (let node = first; node?.onList === true; node = node.next.peek()) setOnList(m, node, false)
    return first
  })
}

/**
 * Takes the newest node; null if the list was empty. One caller at a time, and none together with
 * llist_del_all.
 */
export function* llist_del_first<T>(head: llist_head<T>): KernelPath<llist_node<T> | null> {
  let entry = yield* smp_load_acquire(head.first)
  while (entry !== null) {
    const next = yield* READ_ONCE(entry.next)
    const seen = yield* pop(entry, next, head)
    if (seen === entry) return entry
    entry = seen
  }
  return null
}

/** try_cmpxchg(&head->first, &entry, next); gives the value found. */
function pop<T>(
  entry: llist_node<T>,
  next: llist_node<T> | null,
  head: llist_head<T>,
): KernelPath<llist_node<T> | null> {
  return access('try_cmpxchg', head.first, (m) => {
    const seen = m.load(head.first, Order.Once)
    if (seen !== entry) return seen
    m.store(head.first, next, Order.Full, true)
    setOnList(m, entry, false)
    return seen
  })
}

export function* llist_empty<T>(head: llist_head<T>): KernelPath<boolean> {
  return (yield* READ_ONCE(head.first)) === null
}

/** The node behind this one: the plain load by which a list that was taken is walked. */
export function llist_next<T>(node: llist_node<T>): KernelPath<llist_node<T> | null> {
  return plain_read(node.next)
}

/** Reverses a chain that the caller owns; gives its new head. Not atomic. */
export function* llist_reverse_order<T>(node: llist_node<T> | null): KernelPath<llist_node<T> | null> {
  let rest = node
  let reversed: llist_node<T> | null = null
  while (rest !== null) {
    const moved: llist_node<T> = rest
    rest = yield* plain_read(moved.next)
    yield* plain_write(moved.next, reversed)
    reversed = moved
  }
  return reversed
}
