/**
 * Where a program is attached, and what runs it. Follows __bpf_prog_enter*(), trace_call_bpf() and
 * bpf_overflow_handler() (6.18).
 *
 * Departures:
 * 1. A handler (softirq, hardirq, NMI) takes no explicit rcu_read_lock(): it is a reader anyway. Hides
 *    nothing.
 * 2. The count that guards against recursion changes in the step that executes the first or the last
 *    instruction: only the same CPU's interrupts can come in between, and they find it counted either way.
 */
import {
  Attached,
  access,
  Cell,
  type Cpu,
  type KernelPath,
  type Machine,
  Order,
  machine,
  running,
} from '../machine/index.ts'
import { xchg } from '../linux/atomic.ts'
import { READ_ONCE } from '../linux/barrier.ts'
import { checkContext, in_task, migrate_disable, migrate_enable } from '../linux/preempt.ts'
import { rcu_read_lock, rcu_read_unlock } from '../linux/rcupdate.ts'
import { rcu_read_lock_trace, rcu_read_unlock_trace } from '../linux/rcupdate_trace.ts'
import { type bpf_prog, bpf_prog_put } from './prog.ts'

/**
 * What keeps a program from running on top of another on its CPU. `none`: TC, XDP, LSM. `prog`: prog->active,
 * fentry and raw_tp (only itself). `bpf_prog_active`: kprobe, perf_event (any of these).
 */
export type Recursion = 'none' | 'prog' | 'bpf_prog_active'

/** An attachment; it holds a reference of the program. */
export class bpf_hook {
  readonly name: string
  readonly prog: Cell<bpf_prog | null>
  readonly sleepable: boolean
  readonly recursion: Recursion

  constructor(name: string, prog: bpf_prog, options: { recursion?: Recursion } = {}) {
    this.name = name
    this.prog = new Cell<bpf_prog | null>(`${name}.prog`, prog)
    this.sleepable = prog.aux.sleepable
    this.recursion = options.recursion ?? 'none'
  }
}

/** Attaches, while the machine boots: takes over the reference that create_prog() gave. */
export function attach(prog: bpf_prog, options: { name?: string; recursion?: Recursion } = {}): bpf_hook {
  return new bpf_hook(options.name ?? `${prog.name} hook`, prog, options)
}

/** New runs find nothing; runs that began go on. Drops the attachment's reference. Task context. */
export function* detach(hook: bpf_hook): KernelPath {
  const prog = yield* xchg(hook.prog, null)
  if (prog !== null) yield* bpf_prog_put(prog)
}

/**
 * What a hit of the hook does: `body` is the program. Nothing if it is detached, or suppressed as a
 * recursion.
 */
export function* run_hook(hook: bpf_hook, body: (prog: bpf_prog) => KernelPath): KernelPath {
  checkContext('run_hook', hook.sleepable && !in_task(), 'runs a sleepable program outside a task')
  const explicit = in_task()
  if (hook.sleepable) yield* rcu_read_lock_trace()
  else if (explicit) yield* rcu_read_lock()
  migrate_disable()
  const prog = yield* READ_ONCE(hook.prog)
  if (prog !== null) yield* run_prog(hook, prog, body)
  migrate_enable()
  if (hook.sleepable) yield* rcu_read_unlock_trace()
  else if (explicit) yield* rcu_read_unlock()
}

function* run_prog(hook: bpf_hook, prog: bpf_prog, body: (prog: bpf_prog) => KernelPath): KernelPath {
  const active = guard(hook.recursion, prog)
  const enters = yield* access('enter', prog.text, (m) => {
    const free = active === null || count(m, active, 1) === 1
    if (!free) m.note = 'suppressed as a recursion'
    else m.load(prog.text, Order.Once)
    return free
  })
  if (enters) yield* body(prog)
  else if (active === null) return
  yield* access('leave', prog.text, (m) => {
    if (enters) m.load(prog.text, Order.Once)
    if (active !== null) count(m, active, -1)
  })
}

function count(m: Machine, cell: Cell<number>, change: number): number {
  const next = m.load(cell, Order.Once) + change
  m.store(cell, next, Order.Once, true)
  return next
}

const perCpu = new Attached<Cpu, Cell<number>>()
const perProg = new Attached<bpf_prog, Map<Cpu, Cell<number>>>()

/** this_cpu_ptr(&bpf_prog_active) */
function bpf_prog_active(cpu: Cpu): Cell<number> {
  let cell = perCpu.get(cpu)
  if (cell === undefined) {
    cell = machine().onDemand(
      `bpf_prog_active of ${cpu.name}`,
      () => new Cell(`CPU${cpu.id} bpf_prog_active`, 0),
    )
    perCpu.set(cpu, cell)
  }
  return cell
}

function guard(recursion: Recursion, prog: bpf_prog): Cell<number> | null {
  const cpu = running().cpu
  if (recursion === 'none') return null
  if (recursion === 'bpf_prog_active') return bpf_prog_active(cpu)
  let cells = perProg.get(prog)
  if (cells === undefined) perProg.set(prog, (cells = new Map()))
  let cell = cells.get(cpu)
  if (cell === undefined) {
    cell = machine().onDemand(
      `${prog.name} active of ${cpu.name}`,
      () => new Cell(`${prog.name} CPU${cpu.id} active`, 0),
    )
    cells.set(cpu, cell)
  }
  return cell
}

/** What bpf(2) map operations do around their work: perf and kprobe programs are suppressed on this CPU. */
export function* bpf_disable_instrumentation(): KernelPath {
  migrate_disable()
  const cell = bpf_prog_active(running().cpu)
  yield* access('bpf_disable_instrumentation', cell, (m) => void count(m, cell, 1))
}

export function* bpf_enable_instrumentation(): KernelPath {
  const cell = bpf_prog_active(running().cpu)
  yield* access('bpf_enable_instrumentation', cell, (m) => void count(m, cell, -1))
  migrate_enable()
}
