/**
 * Memory with a lifetime: allocation, free, and which memory is still live. Follows kzalloc(), kfree(),
 * kfree_rcu() and the _nolock forms of include/linux/slab.h (6.18) as far as a pointer can see them.
 *
 * Departures:
 * 1. The slab never gives freed memory out again: a touch of it is always a use-after-free and a compare
 *    never meets the same address twice (bpf_mem_alloc, in memalloc.ts, does reuse). Can hide an ABA through
 *    the slab; invents nothing.
 * 2. A double free is fatal at the second free, as with CONFIG_SLAB_FREELIST_HARDENED. Invents nothing.
 */
import { Attached, access, type Allocated, generic, type KernelPath, type Machine } from '../machine/index.ts'
import { machine, MemoryObject, Oops, Order } from '../machine/index.ts'
import { checkContext, in_nmi } from './preempt.ts'
import { call_rcu, type rcu_head } from './rcupdate.ts'

const tracked = new Attached<Machine, Set<MemoryObject>>()

function trackedObjects(): Set<MemoryObject> {
  const m = machine()
  let objects = tracked.get(m)
  if (objects === undefined) tracked.set(m, (objects = new Set()))
  return objects
}

/** Counts `object` among the memory that somebody must free; alloc_object() does it by itself. */
export function track_object(object: MemoryObject): void {
  if (object.mustBeFreed) trackedObjects().add(object)
}

/** `object` was given back to its allocator, which will free it later: it is leaked no more. */
export function untrack_object(object: MemoryObject): void {
  trackedObjects().delete(object)
}

/**
 * All live memory of the machine that somebody must free, in the order of its allocation: what a leak check
 * looks at.
 */
export function live_objects(): MemoryObject[] {
  return [...trackedObjects()].filter((object) => object.life.peek() === 'live')
}

/** Memory at a fresh address: at boot, or as a local effect within a step. Cannot fail; see kmalloc(). */
export function alloc_object(name: string, mustBeFreed = true): MemoryObject {
  const object = new MemoryObject(name, machine().takeAddress(), mustBeFreed)
  track_object(object)
  return object
}

/** Ends the life of `object` within the step in progress. A second time: `double-free`. */
export function end_life(m: Machine, object: MemoryObject): void {
  if (m.load(object.life, Order.Once) === 'freed') {
    const name = generic(object.name)
    const reused = object.reusedAs === null ? '' : `, given out again as ${generic(object.reusedAs.name)}`
    throw new Oops('double-free', `double free of ${name}${reused}`, [object.freedAt])
  }
  m.store(object.life, 'freed', Order.Once)
  object.freedAt = m.steps
}

/** Frees memory of alloc_object() in one step. A second free: `double-free`. */
export function free_object(object: MemoryObject): KernelPath {
  return access('kfree', object.life, (m) => end_life(m, object))
}

/** kfree(): as free_object(). Any context but NMI. */
export function* kfree(item: Allocated): KernelPath {
  checkContext('kfree', in_nmi(), 'is called in NMI')
  yield* free_object(item.object)
}

/** kfree_nolock(): as free_object(). Any context. */
export function kfree_nolock(item: Allocated): KernelPath {
  return free_object(item.object)
}

/** kfree_rcu(): frees after an RCU grace period. `head` lies in the item. Any context but NMI. */
export function kfree_rcu(item: Allocated, head: rcu_head): KernelPath {
  return call_rcu(head, () => free_object(item.object))
}

/** Builds a struct in the memory that it was given. */
type Make<T extends Allocated> = (object: MemoryObject) => T

/**
 * kzalloc(GFP_ATOMIC): what `make` builds in fresh memory called `name`, or null: both happen. Any context
 * but NMI.
 */
export function* kzalloc<T extends Allocated>(name: string, make: Make<T>): KernelPath<T | null> {
  checkContext('kzalloc', in_nmi(), 'is called in NMI')
  return yield* allocate('kzalloc', name, make)
}

/** kmalloc_nolock(): as kzalloc(), in any context. */
export function kmalloc_nolock<T extends Allocated>(name: string, make: Make<T>): KernelPath<T | null> {
  return allocate('kmalloc_nolock', name, make)
}

function* allocate<T extends Allocated>(op: string, name: string, make: Make<T>): KernelPath<T | null> {
  const run = (m: Machine, outcome: number): T | null => {
    if (outcome === 0) return make(alloc_object(name))
    m.note = 'no memory'
    return null
  }
  return yield* access(op, null, run, { outcomes: 2 })
}
