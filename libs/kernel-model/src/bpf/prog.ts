/**
 * Programs and their end. Follows bpf_prog_inc(), bpf_prog_inc_not_zero(), bpf_prog_put() and the chain
 * behind it in kernel/bpf/syscall.c and core.c (6.18): last put -> (work) -> grace period -> work -> maps,
 * memory.
 *
 * Departures:
 * 1. aux->work and aux->rcu share their memory in the kernel; here each hop has a struct of its own. Hides
 *    what a second, wrong last put would overwrite: that shows as a double queueing or a double free instead.
 * 2. Ids, audit, JIT symbols and offloaded programs are absent.
 */
import {
  type Bearer,
  access,
  type Allocated,
  Cell,
  type KernelPath,
  type MemoryObject,
  Order,
  ReferenceCount,
} from '../machine/index.ts'
import { atomic_dec_and_test, atomic_inc, atomic_inc_not_zero } from '../linux/atomic.ts'
import { ENOENT } from '../linux/errno.ts'
import { in_hardirq, irqs_disabled } from '../linux/preempt.ts'
import { call_rcu, rcu_head } from '../linux/rcupdate.ts'
import { call_rcu_tasks_trace } from '../linux/rcupdate_trace.ts'
import { alloc_object, free_object } from '../linux/slab.ts'
import { schedule_work, work_struct } from '../linux/workqueue.ts'
import { type bpf_map, bpf_map_put } from './map.ts'

/** `struct bpf_prog_aux`. */
export interface bpf_prog_aux {
  readonly refcnt: ReferenceCount
  readonly sleepable: boolean
  /** Each holds a reference of the map (not a user's). */
  readonly used_maps: readonly bpf_map[]
  /** What a design hangs here at load. */
  irq_work: unknown
  /** Run first thing in bpf_prog_free_deferred(). */
  readonly free_hooks: (() => KernelPath)[]
  /** Of bpf_prog_put_deferred(). */
  readonly put_work: work_struct
  readonly rcu: rcu_head
  /** Of bpf_prog_free_deferred(). */
  readonly free_work: work_struct
}

/** `struct bpf_prog`, its aux and its text: one piece of memory. */
export class bpf_prog implements Allocated, Bearer {
  attachments: Map<object, unknown> | null = null
  readonly name: string
  readonly object: MemoryObject
  readonly aux: bpf_prog_aux
  /** Ghost: the instructions. Read by executing them, gone with the memory. */
  readonly text: Cell<string>

  constructor(name: string, sleepable: boolean, used_maps: readonly bpf_map[]) {
    const object = alloc_object(name)
    this.name = name
    this.object = object
    this.text = new Cell('text', 'insns', object)
    this.aux = {
      refcnt: new ReferenceCount('aux->refcnt', 1, object),
      sleepable,
      used_maps,
      irq_work: null,
      free_hooks: [],
      put_work: new work_struct('aux->work (put)', () => bpf_prog_put_deferred(this), object),
      rcu: new rcu_head('aux->rcu', this, object),
      free_work: new work_struct('aux->work (free)', () => bpf_prog_free_deferred(this), object),
    }
  }
}

/** A loaded program, while the machine boots: one reference, which its attachment will hold. */
export function create_prog(
  name: string,
  options: { sleepable?: boolean; used_maps?: readonly bpf_map[] } = {},
): bpf_prog {
  const used_maps = options.used_maps ?? []
  for (const map of used_maps) map.refcnt.value++
  return new bpf_prog(name, options.sleepable ?? false, used_maps)
}

/** Executing an instruction: a program that was freed is no longer there. */
export function* execute(prog: bpf_prog): KernelPath {
  yield* access('execute', prog.text, (m) => void m.load(prog.text, Order.Once))
}

/** One more reference, for a caller that holds one. Any context. */
export function* bpf_prog_inc(prog: bpf_prog): KernelPath {
  yield* atomic_inc(prog.aux.refcnt)
}

/** 0, or -ENOENT if the last reference is gone (the program may still run). Any context. */
export function* bpf_prog_inc_not_zero(prog: bpf_prog): KernelPath<number> {
  return (yield* atomic_inc_not_zero(prog.aux.refcnt)) ? 0 : -ENOENT
}

/**
 * Drops a reference. The last one: inline in a task or softirq, by a work item in hardirq or with interrupts
 * off; in NMI illegal.
 */
export function* bpf_prog_put(prog: bpf_prog): KernelPath {
  if (!(yield* atomic_dec_and_test(prog.aux.refcnt))) return
  if (in_hardirq() || irqs_disabled()) yield* schedule_work(prog.aux.put_work)
  else yield* bpf_prog_put_deferred(prog)
}

function* bpf_prog_put_deferred(prog: bpf_prog): KernelPath {
  const { rcu, sleepable } = prog.aux
  if (sleepable) yield* call_rcu_tasks_trace(rcu, () => bpf_prog_free(prog))
  else yield* call_rcu(rcu, () => bpf_prog_free(prog))
}

function* bpf_prog_free(prog: bpf_prog): KernelPath {
  yield* schedule_work(prog.aux.free_work)
}

function* bpf_prog_free_deferred(prog: bpf_prog): KernelPath {
  for (const hook of prog.aux.free_hooks) yield* hook()
  for (const map of prog.aux.used_maps) yield* bpf_map_put(map)
  yield* free_object(prog.object)
}
