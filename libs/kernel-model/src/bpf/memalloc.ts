/**
 * The allocator that BPF code may call in any context. Follows bpf_mem_alloc(), bpf_mem_free() and
 * bpf_mem_free_rcu() of kernel/bpf/memalloc.c (6.18); the per-CPU part is mem_cache.ts.
 *
 * Memory that is freed is given out again at once, on the CPU that freed it, as a new object on the same
 * address: a pointer compare cannot tell the two, a touch through the old pointer is a finding
 * (`stale-pointer`; before the reuse `use-after-free`).
 *
 * Departures:
 * 1. One size class. Objects of different structs share their memory more often than with several: invents
 *    nothing that two structs of one class could not do.
 * 2. That bpf_global_ma's list was emptied by others is an outcome of every allocation, even of the first:
 *    failure is reachable in every state. What the others' refill would do is not seen.
 * 3. The 8-byte header is absent, and content is what `make` builds: no reader sees the former content.
 * 4. A worker and an RCU callback run on CPUs of their own, so that what they free is not given out to the CPU
 *    that queued them. Can hide an ABA through memory that is freed there; a touch of it is found all the same.
 */
import {
  Attached,
  type Allocated,
  type Cpu,
  generic,
  type KernelPath,
  type Machine,
} from '../machine/index.ts'
import { machine, MemoryObject, Oops, Order, running } from '../machine/index.ts'
import { end_life, track_object, untrack_object } from '../linux/slab.ts'
import { bpf_mem_cache, unit_alloc, unit_free, unit_free_rcu } from './mem_cache.ts'

/** Pieces that bpf_mem_alloc_init() puts on each CPU's list, and a refill adds. */
const PREFILL = 4

/** `struct bpf_mem_alloc`: a cache for each CPU. */
export class bpf_mem_alloc {
  readonly name: string
  readonly prefill: number
  /**
   * Can others, who are not modelled, empty the list? A scenario that is about something else may say no, at
   * boot.
   */
  mayBeEmpty: boolean
  private readonly caches = new Map<Cpu, bpf_mem_cache<MemoryObject>>()
  private given = 0

  constructor(name: string, options: { prefill: number; mayBeEmpty?: boolean }) {
    this.name = name
    this.prefill = options.prefill
    this.mayBeEmpty = options.mayBeEmpty ?? false
  }

  /** this_cpu_ptr(ma->cache): the caller stays on its CPU. */
  this_cpu_cache(): bpf_mem_cache<MemoryObject> {
    const cpu = running().cpu
    let cache = this.caches.get(cpu)
    if (cache === undefined) {
      const sizes = { prefill: this.prefill, batch: PREFILL }
      cache = machine().onDemand(
        `${this.name} of ${cpu.name}`,
        () => new bpf_mem_cache<MemoryObject>(this.name, cpu, sizes, release),
      )
      this.caches.set(cpu, cache)
    }
    return cache
  }

  /** Within the step that takes the memory: the next incarnation of `former`. */
  incarnate(former: MemoryObject | null, what: string): MemoryObject {
    const address = former === null ? machine().takeAddress() : former.address
    const object = new MemoryObject(`${what}#${++this.given}`, address)
    if (former !== null) former.reusedAs = object
    track_object(object)
    return object
  }
}

const globals = new Attached<Machine, bpf_mem_alloc>()

/** The machine's bpf_global_ma. */
export function bpf_global_ma(): bpf_mem_alloc {
  const m = machine()
  let ma = globals.get(m)
  if (ma === undefined)
    globals.set(m, (ma = new bpf_mem_alloc('bpf_global_ma', { prefill: PREFILL, mayBeEmpty: true })))
  return ma
}

/**
 * bpf_mem_alloc(): what `make` builds in the memory, or null. Any context; in an NMI that interrupted the
 * allocator on its CPU always null. `what` names the objects.
 */
export function* bpf_mem_alloc_get<T extends Allocated>(
  ma: bpf_mem_alloc,
  make: (object: MemoryObject) => T,
  what: string = ma.name,
): KernelPath<T | null> {
  return yield* unit_alloc(ma.this_cpu_cache(), (former) => make(ma.incarnate(former, what)), ma.mayBeEmpty)
}

/**
 * Frees at once; the next allocation on this CPU may get the memory. Any context. A second free:
 * `double-free`.
 */
export function* bpf_mem_free(ma: bpf_mem_alloc, item: Allocated): KernelPath {
  yield* unit_free(ma.this_cpu_cache(), item.object)
}

/** Objects that wait for a grace period, and the step that freed them. */
const retired = new Attached<MemoryObject, number>(() => true)

/**
 * Frees after an RCU grace period; until then the memory may be touched. Any context, as it only queues an
 * irq_work. It may be given out again before a Tasks Trace grace period has passed.
 */
export function* bpf_mem_free_rcu(ma: bpf_mem_alloc, item: Allocated): KernelPath {
  yield* unit_free_rcu(ma.this_cpu_cache(), item.object, (m) => retire(m, item.object))
}

/**
 * The object is the allocator's from now on, though it lives. The store makes this conflict with every other
 * access.
 */
function retire(m: Machine, object: MemoryObject): void {
  forbidRetired(object)
  if (m.load(object.life, Order.Once) === 'freed') end_life(m, object)
  m.store(object.life, 'live', Order.Once)
  retired.set(object, m.steps)
  untrack_object(object)
}

function forbidRetired(object: MemoryObject): void {
  const step = retired.get(object)
  if (step !== undefined) throw new Oops('double-free', `double free of ${generic(object.name)}`, [step])
}

function release(m: Machine, object: MemoryObject, waited: boolean): void {
  if (!waited) forbidRetired(object)
  end_life(m, object)
  untrack_object(object)
}
