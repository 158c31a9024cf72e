/**
 * Tasks: the part of task_struct that deferred work meets, `current`, and waking up. Follows
 * include/linux/sched.h and kernel/sched/core.c (6.18, x86-64).
 *
 * Departures:
 * 1. No run queue: try_to_wake_up takes pi_lock but not rq->lock, and a tracepoint inside the scheduler is
 *    modelled by code that holds pi_lock. Hides deadlocks on rq->lock alone.
 * 2. kick_process sends nothing: a task in user mode sees its flags at any later point, as if the IPI took
 *    any time. Hides nothing; a flag set without a kick (by an NMI) is seen at a tick, which is also some
 *    later point.
 */
import { Attached, access, type Allocated, Cell, type Cpu, type KernelPath, Level } from '../machine/index.ts'
import { LabBug, machine, type MemoryObject, Order, running } from '../machine/index.ts'
import type { callback_head } from './callback_head.ts'
import { checkContext, in_nmi } from './preempt.ts'
import { rcu_head } from './rcupdate.ts'
import { refcount_t } from './refcount.ts'
import { alloc_object } from './slab.ts'
import { raw_spin_lock_irqsave, raw_spin_unlock_irqrestore, raw_spinlock_t } from './spinlock.ts'
import { showThreadFlags } from './thread_info.ts'

/** Bits of `task_struct.flags`. */
export const PF_EXITING = 0x4
export const PF_KTHREAD = 0x20_0000

/** Values of `task_struct.__state`. */
export const TASK_RUNNING = 0
export const TASK_INTERRUPTIBLE = 1

/** References of a living task: one until it is reaped, one of the scheduler. */
export const TASK_RCU_USERS = 2

function showTaskFlags(flags: number): string {
  const names: string[] = []
  if ((flags & PF_EXITING) !== 0) names.push('PF_EXITING')
  if ((flags & PF_KTHREAD) !== 0) names.push('PF_KTHREAD')
  return names.length === 0 ? '0' : names.join('|')
}

/** `struct task_struct`. Freed a grace period after `rcu_users` fell to zero. */
export class task_struct implements Allocated {
  readonly comm: string
  readonly object: MemoryObject
  /** task_cpu(): the lab's tasks do not migrate. */
  readonly cpu: Cpu
  /** Never returns to user mode. */
  readonly kthread: boolean
  /** Newest first; ends in work_exited() once the task takes no more. */
  readonly task_works: Cell<callback_head | null>
  /** PF_*; changed only by the task itself. */
  readonly flags: Cell<number>
  /** _TIF_*. */
  readonly ti_flags: Cell<number>
  readonly __state: Cell<number>
  /** Null after exit_mm(). */
  readonly mm: Cell<string | null>
  readonly pi_lock: raw_spinlock_t
  readonly rcu_users: refcount_t
  readonly rcu: rcu_head
  /** Ghost: passed exit_task_work(). */
  readonly exited: Cell<boolean>

  constructor(comm: string, cpu: Cpu, kthread: boolean) {
    const object = alloc_object(comm, false)
    this.comm = comm
    this.object = object
    this.cpu = cpu
    this.kthread = kthread
    this.task_works = new Cell<callback_head | null>('task_works', null, object)
    this.flags = new Cell('flags', kthread ? PF_KTHREAD : 0, object, showTaskFlags)
    this.ti_flags = new Cell('ti_flags', 0, object, showThreadFlags)
    this.__state = new Cell('__state', TASK_RUNNING, object)
    this.mm = new Cell<string | null>('mm', kthread ? null : 'mm', object)
    this.pi_lock = new raw_spinlock_t('pi_lock', object)
    this.rcu_users = new refcount_t('rcu_users', TASK_RCU_USERS, object)
    this.rcu = new rcu_head('rcu', this, object)
    this.exited = new Cell('exited', false)
  }
}

/** How do_exit() never returns: thrown through the task's own code up to run_task(). */
export class TaskDead extends LabBug {
  constructor() {
    super('do_exit() of a task that run_task() did not start')
  }
}

/** A task_struct, while the machine boots; run_task() gives it something to do. */
export function create_task(comm: string, cpu: Cpu, options: { kthread?: boolean } = {}): task_struct {
  return new task_struct(comm, cpu, options.kthread ?? false)
}

const others = new Attached<Cpu, task_struct>()

/** The task that runs here or that was interrupted; the CPU's idle task or worker where the lab made none. */
export function current(): task_struct {
  const frame = running()
  if (frame.task instanceof task_struct) return frame.task
  let task = others.get(frame.cpu)
  if (task === undefined) {
    const comm = frame.level === Level.Task ? `kworker/${frame.cpu.id}` : `swapper/${frame.cpu.id}`
    task = machine().onDemand(
      `${frame.level === Level.Task ? 'kworker' : 'swapper'} of ${frame.cpu.name}`,
      () => new task_struct(comm, frame.cpu, true),
    )
    others.set(frame.cpu, task)
  }
  return task
}

/**
 * Makes a sleeping task runnable. Takes pi_lock, so neither in NMI nor under pi_lock; for `current` alone no
 * lock is needed.
 */
export function* try_to_wake_up(task: task_struct): KernelPath {
  yield* wake_up_state(task)
}

/** try_to_wake_up() with its value: false = the task did not sleep. */
export function* wake_up_state(task: task_struct): KernelPath<boolean> {
  if (task === current()) return yield* ttwu_state_match(task)
  const flags = yield* raw_spin_lock_irqsave(task.pi_lock)
  const woken = yield* ttwu_state_match(task)
  yield* raw_spin_unlock_irqrestore(task.pi_lock, flags)
  return woken
}

function* ttwu_state_match(task: task_struct): KernelPath<boolean> {
  return yield* access('ttwu_state_match', task.__state, (m) => {
    if (m.load(task.__state, Order.Once) !== TASK_INTERRUPTIBLE) return false
    m.store(task.__state, TASK_RUNNING, Order.Once)
    return true
  })
}

/** Makes a task that runs on another CPU enter the kernel: by an IPI, whose backend is not NMI-safe. */
export function kick_process(task: task_struct): void {
  const remote = task.cpu !== running().cpu
  checkContext('kick_process', remote && in_nmi(), 'sends an IPI to another CPU from NMI')
}
