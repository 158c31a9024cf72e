/**
 * One CPU's cache of one size: free list, active window, refill. Follows struct bpf_mem_cache, unit_alloc(),
 * unit_free(), unit_free_rcu(), bpf_mem_refill() and check_free_by_rcu() of kernel/bpf/memalloc.c (6.18).
 *
 * Departures:
 * 1. local_inc_return(active) and the list operation after it are one step: between the two nobody can tell
 *    them apart, since whoever comes in finds the cache busy either way. Hides nothing.
 * 2. The low watermark is 1 and not 32, and the refill that a busy allocation would ask for is not queued:
 *    refill runs when the list is empty, not all the time. Hides refills (hardirqs) that have nothing to do.
 * 3. High watermark, trimming and return to the slab are absent. What a busy free left on free_llist_extra
 *    stays there. Hides nothing: a touch of free memory is a finding wherever it lies.
 * 4. Refill always gets memory from the slab (`batch` pieces): that it fails shows as the empty list of
 *    memalloc.ts.
 */
import { access, Cell, type Cpu, type KernelPath, type Machine, machine, Order } from '../machine/index.ts'
import { irq_work, irq_work_queue } from '../linux/irq_work.ts'
import { local_irq_restore, local_irq_save } from '../linux/preempt.ts'
import { call_rcu, rcu_head } from '../linux/rcupdate.ts'

/** What a cache keeps: `null` is memory that never was given out. */
type FreeList<T> = readonly (T | null)[]

/** What happens to a piece in the step that ends its life; `waited`: a grace period after it was freed. */
type Release<T> = (m: Machine, item: T, waited: boolean) => void

/** Sizes of a cache. */
export interface CacheOptions {
  /** Pieces on the free list of each CPU at first use. */
  readonly prefill: number
  /** Pieces that a refill adds; 0 = the cache is never refilled. */
  readonly batch: number
}

const LOW_WATERMARK = 1

/** `struct bpf_mem_cache` of one CPU. T: what lies in the memory. */
export class bpf_mem_cache<T> {
  readonly name: string
  /**
   * Invariant: changed only on its own CPU, and back to its former value by the time an interrupt returns.
   */
  readonly active: Cell<number>
  /** Last in, first out; the next piece is the last entry. */
  readonly free_llist: Cell<FreeList<T>>
  /** Freed while the cache was busy. */
  readonly free_llist_extra: Cell<FreeList<T>>
  /** Waits for a grace period that has not been asked for. */
  readonly free_by_rcu: Cell<readonly T[]>
  /** Past its grace period: refill may take from here. */
  readonly waiting: Cell<readonly T[]>
  readonly call_rcu_in_progress: Cell<number>
  readonly refill_work: irq_work
  readonly rcu: rcu_head
  readonly batch: number
  readonly release: Release<T>

  constructor(name: string, cpu: Cpu, options: CacheOptions, release: Release<T>) {
    const where = `${name} CPU${cpu.id}`
    this.name = where
    this.active = new Cell(`${where} active`, 0)
    this.free_llist = new Cell<FreeList<T>>(`${where} free_llist`, neverUsed(options.prefill))
    this.free_llist_extra = new Cell<FreeList<T>>(`${where} free_llist_extra`, [])
    this.free_by_rcu = new Cell<readonly T[]>(`${where} free_by_rcu`, [])
    this.waiting = new Cell<readonly T[]>(`${where} waiting_for_gp`, [])
    this.call_rcu_in_progress = new Cell(`${where} call_rcu_in_progress`, 0)
    this.refill_work = new irq_work(`${where} refill_work`, () => bpf_mem_refill(this), null)
    this.rcu = new rcu_head(`${where} rcu`, this, null)
    this.batch = options.batch
    this.release = release
  }
}

function neverUsed(count: number): null[] {
  return Array.from({ length: count }, () => null)
}

/** Marked, and ordered as the program order of one CPU orders it: local_t is safe against interrupts. */
function update<T>(m: Machine, cell: Cell<T>, change: (value: T) => T): T {
  const next = change(m.load(cell, Order.Once))
  m.store(cell, next, Order.Release, true)
  return next
}

/** local_inc_return(&active) == 1 */
function claim(m: Machine, cache: { active: Cell<number> }): boolean {
  return update(m, cache.active, (n) => n + 1) === 1
}

function* local_dec(cell: Cell<number>): KernelPath {
  yield* access('local_dec', cell, (m) => void update(m, cell, (n) => n - 1))
}

/** What a pop gave: the piece after `give` built something in it, or null. */
interface Popped<R> {
  readonly item: R | null
  readonly low: boolean
}

function pop<T, R>(m: Machine, cache: bpf_mem_cache<T>, give: (former: T | null) => R): Popped<R> {
  if (!claim(m, cache)) {
    m.note = 'the cache is busy'
    return { item: null, low: false }
  }
  const list = m.load(cache.free_llist, Order.Once)
  if (list.length === 0) {
    m.note = 'the free list is empty'
    return { item: null, low: true }
  }
  m.store(cache.free_llist, list.slice(0, -1), Order.Release, true)
  return { item: give(list[list.length - 1]!), low: list.length - 1 < LOW_WATERMARK }
}

/**
 * Takes a piece; null if the list is empty, or if it interrupted the same function, a free or a refill (an
 * NMI: even with a full list). `mayBeEmpty`: that others emptied the list is a second outcome. Any context.
 */
export function* unit_alloc<T, R>(
  cache: bpf_mem_cache<T>,
  give: (former: T | null) => R,
  mayBeEmpty: boolean,
): KernelPath<R | null> {
  const flags = yield* local_irq_save()
  // Where the cache is busy, there is one outcome. The look belongs to the step before: an interrupt in between leaves it so.
  machine().touch(cache.active, 0)
  const outcomes = mayBeEmpty && cache.active.peek() === 0 ? 2 : 1
  const popped = yield* access(
    'unit_alloc',
    cache.free_llist,
    (m, outcome): Popped<R> => {
      if (outcome === 0) return pop(m, cache, give)
      claim(m, cache)
      m.note = 'others emptied the free list'
      return { item: null, low: false }
    },
    { outcomes },
  )
  yield* local_dec(cache.active)
  if (popped.low && cache.batch > 0) yield* irq_work_queue(cache.refill_work)
  yield* local_irq_restore(flags)
  return popped.item
}

/** Gives a piece back: the next allocation on this CPU gets it. Any context; cannot fail. */
export function* unit_free<T>(cache: bpf_mem_cache<T>, item: T): KernelPath {
  const flags = yield* local_irq_save()
  yield* access('unit_free', cache.free_llist, (m) => {
    const idle = claim(m, cache)
    cache.release(m, item, false)
    update(m, idle ? cache.free_llist : cache.free_llist_extra, (list) => [...list, item])
    if (!idle) m.note = 'the cache is busy: free_llist_extra'
  })
  yield* local_dec(cache.active)
  yield* local_irq_restore(flags)
}

/**
 * As unit_free, but the piece is live, and not given out, until an RCU grace period has passed. Any context.
 */
export function* unit_free_rcu<T>(
  cache: bpf_mem_cache<T>,
  item: T,
  retire: (m: Machine) => void,
): KernelPath {
  const flags = yield* local_irq_save()
  yield* access('unit_free_rcu', cache.free_by_rcu, (m) => {
    claim(m, cache)
    retire(m)
    update(m, cache.free_by_rcu, (list) => [...list, item])
  })
  yield* local_dec(cache.active)
  const busy = yield* access('atomic_read', cache.call_rcu_in_progress, (m) =>
    m.load(cache.call_rcu_in_progress, Order.Once),
  )
  if (busy === 0) yield* irq_work_queue(cache.refill_work)
  yield* local_irq_restore(flags)
}

/** The irq_work: fills an empty list, and asks for a grace period for what waits for one. */
function* bpf_mem_refill<T>(cache: bpf_mem_cache<T>): KernelPath {
  const low = yield* access('free_cnt', cache.free_llist, (m) => {
    return m.load(cache.free_llist, Order.Once).length < LOW_WATERMARK
  })
  if (low && cache.batch > 0) {
    yield* access('alloc_bulk', cache.free_llist, (m) => {
      if (!claim(m, cache)) return
      const waiting = m.load(cache.waiting, Order.Once)
      const fresh = neverUsed(Math.max(0, cache.batch - waiting.length))
      if (waiting.length > 0) m.store(cache.waiting, [], Order.Release, true)
      update(m, cache.free_llist, (list) => [...list, ...fresh, ...waiting])
    })
    yield* local_dec(cache.active)
  }
  yield* check_free_by_rcu(cache)
}

/** One grace period at a time: what comes meanwhile waits for the next free. */
function* check_free_by_rcu<T>(cache: bpf_mem_cache<T>): KernelPath {
  const taken = yield* access('check_free_by_rcu', cache.free_by_rcu, (m) => {
    const list = m.load(cache.free_by_rcu, Order.Once)
    if (list.length === 0 || m.load(cache.call_rcu_in_progress, Order.Once) !== 0) return []
    m.store(cache.call_rcu_in_progress, 1, Order.Full, true)
    m.store(cache.free_by_rcu, [], Order.Release, true)
    return list
  })
  if (taken.length > 0) yield* call_rcu(cache.rcu, () => free_by_rcu(cache, taken))
}

function* free_by_rcu<T>(cache: bpf_mem_cache<T>, items: readonly T[]): KernelPath {
  yield* access('__free_by_rcu', cache.waiting, (m) => {
    for (const item of items) cache.release(m, item, true)
    update(m, cache.waiting, (list) => [...list, ...items])
    m.store(cache.call_rcu_in_progress, 0, Order.Release)
  })
}
