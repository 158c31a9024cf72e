/**
 * The resilient queued spinlock: every acquisition may fail. Follows include/asm-generic/rqspinlock.h and
 * kernel/bpf/rqspinlock.c (6.18, with 0d80e7f951be: in NMI the slow path is a spinning trylock; x86-64, not
 * RT).
 *
 * 6.18 enters the lock into the CPU's table *after* the compare-and-exchange of the fast path, and takes it
 * out *before* the release: an NMI in either gap does not see that its own CPU holds the lock, and waits for
 * the timeout.
 *
 * Departures:
 * 1. No clock. A waiter fails, with -EDEADLK if the tables show a deadlock then, else with -ETIMEDOUT:
 *    (a) at any time if the holder is on its own CPU, since that cannot go on; (b) when nothing else in the machine can
 *    move; (c) in as many waits of a schedule as allow_early_timeouts() grants, while the lock is held. (c) stands for a holder that
 *    an NMI, an SMI or a hypervisor delays for 250 ms (500 ms for the head of the queue). Hides what needs more such delays.
 * 2. No pending bit, no MCS queue, no order among waiters. A waiter that is failed by the head of its queue
 *    is a waiter that fails by itself. In NMI the trylock succeeds as soon as the lock is free, the kernel's
 *    only if nobody is queued: the latter is a later timeout. Invents overtaking; hides waits without a bound
 *    of those who are not head of the queue.
 *    Where nobody can see a waiter's entry, the wait is at the compare-and-exchange: see waitsUnseen(). Hides nothing.
 * 3. The failed compare-and-exchange and the entry that follows are one step: what comes in between sees
 *    nothing that it could not see before or after both. Hides nothing.
 * 4. As for raw spinlocks, preempt_disable() and preempt_enable() belong to neighbouring steps.
 * 5. Unlocking out of order, or by another frame than the holder, is a `warn`; the kernel says nothing.
 *    Invents nothing.
 */
import {
  Attached,
  access,
  addState,
  Cell,
  type Cpu,
  type Frame,
  generic,
  type KernelPath,
  Level,
  machine,
} from '../machine/index.ts'
import {
  type Machine,
  type MemoryObject,
  Order,
  RELAXED,
  running,
  type StepOptions,
} from '../machine/index.ts'
import { EDEADLK, ETIMEDOUT } from './errno.ts'
import { local_irq_restore, local_irq_save } from './preempt.ts'
import { preempt_count_add } from './preempt_count.ts'
import { check_deadlock_AA, check_deadlock_ABBA, clear_top_entry, dec_held_cnt } from './rqspinlock_held.ts'
import { grab_held_lock_entry, held_entry, readHeldCnt, warnIfNotTop } from './rqspinlock_held.ts'

/** The locked byte of the lock word. */
export const _Q_LOCKED_VAL = 1

/** `rqspinlock_t`. */
export class rqspinlock_t {
  readonly val: Cell<number>
  /** Ghost: who took it. Invariant: null iff `val` is 0; changes in the steps that change `val`. */
  holder: Frame | null = null

  constructor(name: string, owner: MemoryObject | null = null) {
    this.val = new Cell(name, 0, owner, (val) => (val === 0 ? 'unlocked' : 'locked'))
    addState(() => this.holder)
  }

  /** For traces of the held table. */
  get name(): string {
    return this.val.name
  }
}

/** Takes the lock word if it is free; acquires. */
function trylock(m: Machine, lock: rqspinlock_t): boolean {
  if (m.load(lock.val, Order.Acquire) !== 0) return false
  m.store(lock.val, _Q_LOCKED_VAL, Order.Once, true)
  lock.holder = running()
  return true
}

/**
 * 0, -EDEADLK or -ETIMEDOUT. Any context, NMI included; with preemption off if it gives 0. The result must be
 * checked.
 */
export function* raw_res_spin_lock(lock: rqspinlock_t): KernelPath<number> {
  const cpu = running().cpu
  const fast = yield* access(
    'res_spin_lock',
    lock.val,
    (m) => {
      preempt_count_add(m, 1)
      if (trylock(m, lock)) return true
      grab_held_lock_entry(m, cpu, lock)
      return false
    },
    waitsUnseen(machine(), cpu) ? whenFree(lock) : {},
  )
  if (!fast) return yield* resilient_queued_spin_lock_slowpath(lock, cpu)
  yield* access(
    'grab_held_lock_entry',
    held_entry(cpu, 1),
    (m) => grab_held_lock_entry(m, cpu, lock),
    RELAXED,
  )
  return 0
}

const earlyTimeouts = new Attached<Machine, Cell<number>>()

/** At boot: how many waits of a schedule may time out although the holder could have gone on. One, unless said otherwise. */
export function allow_early_timeouts(m: Machine, count: number): void {
  earlyTimeouts.set(
    m,
    m.onDemand('early timeouts left', () => new Cell('early timeouts left', count)),
  )
}

/** Ghost: how many waits of this schedule may still time out early. */
function earlyTimeoutsLeft(m: Machine): Cell<number> {
  if (!earlyTimeouts.has(m)) allow_early_timeouts(m, 1)
  return earlyTimeouts.get(m)!
}

/**
 * Is a wait at the compare-and-exchange the same as one in the slow path? The attempt's entry in the table is seen only by
 * what interrupts the waiter and, if the CPU holds another lock, by the ABBA check of the others; early timeouts need the slow path.
 *
 * Handlers that have been there count too, so that the answer does not depend on when they come. The rest is read as part of the
 * step before.
 */
function waitsUnseen(m: Machine, cpu: Cpu): boolean {
  const comes = ({ level, immediate }: Frame): boolean =>
    level === Level.Nmi || (level > Level.Task && !immediate && !cpu.irqsOff)
  if (m.frames.some((f) => f.cpu === cpu && comes(f))) return false
  const left = earlyTimeoutsLeft(m)
  m.touch(left, 0)
  return left.peek() === 0 && readHeldCnt(m, cpu) === 0
}

/** Waits for the holder, or for the time at which nothing else can move. */
function whenFree(lock: rqspinlock_t): StepOptions {
  return {
    ready: () => lock.val.peek() === 0,
    awaits: [lock.val],
    lastResort: true,
    holder: () => lock.holder,
  }
}

/** With the attempt entered in the table. Never waits for ever. */
function* resilient_queued_spin_lock_slowpath(lock: rqspinlock_t, cpu: Cpu): KernelPath<number> {
  const left = earlyTimeoutsLeft(machine())
  const held = (): boolean => lock.val.peek() !== 0
  const err = yield* access(
    'res_spin_lock slow path',
    lock.val,
    (m) => {
      if (trylock(m, lock)) return 0
      const deadlock = deadlockSeen(m, cpu, lock)
      m.note = deadlock === null ? 'times out' : `${deadlock} deadlock`
      if (deadlock !== null) return -EDEADLK
      const early = m.load(left, Order.Once)
      if (early > 0 && lock.holder?.cpu !== cpu) m.store(left, early - 1, Order.Once)
      return -ETIMEDOUT
    },
    {
      ready: () => !held() || lock.holder?.cpu === cpu || left.peek() > 0,
      awaits: [lock.val, left],
      lastResort: true,
      holder: () => lock.holder,
    },
  )
  if (err === 0) return 0
  yield* access(
    'release_held_lock_entry',
    held_entry(cpu, 0),
    (m) => {
      clear_top_entry(m, cpu)
      dec_held_cnt(m, cpu)
      preempt_count_add(m, -1)
    },
    RELAXED,
  )
  return err
}

function deadlockSeen(m: Machine, cpu: Cpu, lock: rqspinlock_t): 'AA' | 'ABBA' | null {
  if (check_deadlock_AA(m, cpu, lock)) return 'AA'
  return check_deadlock_ABBA(m, cpu, lock) ? 'ABBA' : null
}

/** NULLs the top entry, then releases. Last in, first out. */
export function* raw_res_spin_unlock(lock: rqspinlock_t): KernelPath {
  const cpu = running().cpu
  yield* access(
    'clear held lock entry',
    held_entry(cpu, 0),
    (m) => {
      warnIfNotTop(m, cpu, lock)
      clear_top_entry(m, cpu)
    },
    RELAXED,
  )
  yield* access(
    'res_spin_unlock',
    lock.val,
    (m) => {
      if (lock.holder !== running())
        m.report('warn', `rqspinlock ${generic(lock.name)} is unlocked by a context that does not hold it`)
      lock.holder = null
      m.store(lock.val, 0, Order.Release)
      dec_held_cnt(m, cpu)
      preempt_count_add(m, -1)
    },
    RELAXED,
  )
}

/** Interrupts off first; they are back as they were if it fails. `flags` is for the matching unlock. */
export function* raw_res_spin_lock_irqsave(lock: rqspinlock_t): KernelPath<{ err: number; flags: boolean }> {
  const flags = yield* local_irq_save()
  const err = yield* raw_res_spin_lock(lock)
  if (err !== 0) yield* local_irq_restore(flags)
  return { err, flags }
}

export function* raw_res_spin_unlock_irqrestore(lock: rqspinlock_t, flags: boolean): KernelPath {
  yield* raw_res_spin_unlock(lock)
  yield* local_irq_restore(flags)
}
