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
 * 1. No clock. Whoever finds the lock held may see it fail at any later time at which it is still held: with
 *    -EDEADLK if the tables show a deadlock then, else with -ETIMEDOUT. Invents timeouts that end sooner than
 *    250 ms (500 ms for the head of the queue); each needs, in the kernel, a holder that is delayed for that
 *    long: by an NMI, an SMI, a hypervisor.
 * 2. No pending bit, no MCS queue, no order among waiters. A waiter that is failed by the head of its queue
 *    is a waiter that fails by itself. In NMI the trylock succeeds as soon as the lock is free, the kernel's
 *    only if nobody is queued: the latter is a later timeout. Invents overtaking; hides waits without a bound
 *    of those who are not head of the queue.
 * 3. The failed compare-and-exchange and the entry that follows are one step: what comes in between sees
 *    nothing that it could not see before or after both. Hides nothing.
 * 4. As for raw spinlocks, preempt_disable() and preempt_enable() belong to neighbouring steps.
 * 5. Unlocking out of order, or by another frame than the holder, is a `warn`; the kernel says nothing.
 *    Invents nothing.
 */
import { access, Cell, type Cpu, type Frame, generic, type KernelPath } from '../machine/index.ts'
import { type Machine, type MemoryObject, Order, running } from '../machine/index.ts'
import { EDEADLK, ETIMEDOUT } from './errno.ts'
import { local_irq_restore, local_irq_save } from './preempt.ts'
import { preempt_count_add } from './preempt_count.ts'
import { check_deadlock_AA, check_deadlock_ABBA, clear_top_entry, dec_held_cnt } from './rqspinlock_held.ts'
import { grab_held_lock_entry, held_entry, warnIfNotTop } from './rqspinlock_held.ts'

/** The locked byte of the lock word. */
export const _Q_LOCKED_VAL = 1

/** `rqspinlock_t`. */
export class rqspinlock_t {
  readonly val: Cell<number>
  /** Ghost: who took it. Invariant: null iff `val` is 0; changes in the steps that change `val`. */
  holder: Frame | null = null

  constructor(name: string, owner: MemoryObject | null = null) {
    this.val = new Cell(name, 0, owner, (val) => (val === 0 ? 'unlocked' : 'locked'))
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
  const fast = yield* access('res_spin_lock', lock.val, (m) => {
    preempt_count_add(m, 1)
    if (trylock(m, lock)) return true
    grab_held_lock_entry(m, cpu, lock)
    return false
  })
  if (!fast) return yield* resilient_queued_spin_lock_slowpath(lock, cpu)
  yield* access('grab_held_lock_entry', held_entry(cpu, 1), (m) => grab_held_lock_entry(m, cpu, lock))
  return 0
}

/**
 * With the attempt entered in the table. Never waits for ever: it is ready at any time, and fails if the lock
 * is not free.
 */
function* resilient_queued_spin_lock_slowpath(lock: rqspinlock_t, cpu: Cpu): KernelPath<number> {
  const err = yield* access('res_spin_lock slow path', lock.val, (m) => {
    if (trylock(m, lock)) return 0
    const deadlock = deadlockSeen(m, cpu, lock)
    m.note = deadlock === null ? 'times out' : `${deadlock} deadlock`
    return deadlock === null ? -ETIMEDOUT : -EDEADLK
  })
  if (err === 0) return 0
  yield* access('release_held_lock_entry', held_entry(cpu, 0), (m) => {
    clear_top_entry(m, cpu)
    dec_held_cnt(m, cpu)
    preempt_count_add(m, -1)
  })
  return err
}

function deadlockSeen(m: Machine, cpu: Cpu, lock: rqspinlock_t): 'AA' | 'ABBA' | null {
  if (check_deadlock_AA(m, cpu, lock)) return 'AA'
  return check_deadlock_ABBA(m, cpu, lock) ? 'ABBA' : null
}

/** NULLs the top entry, then releases. Last in, first out. */
export function* raw_res_spin_unlock(lock: rqspinlock_t): KernelPath {
  const cpu = running().cpu
  yield* access('clear held lock entry', held_entry(cpu, 0), (m) => {
    warnIfNotTop(m, cpu, lock)
    clear_top_entry(m, cpu)
  })
  yield* access('res_spin_unlock', lock.val, (m) => {
    if (lock.holder !== running())
      m.report('warn', `rqspinlock ${generic(lock.name)} is unlocked by a context that does not hold it`)
    lock.holder = null
    m.store(lock.val, 0, Order.Release)
    dec_held_cnt(m, cpu)
    preempt_count_add(m, -1)
  })
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
