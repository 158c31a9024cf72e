/**
 * Raw spinlocks. Follows include/linux/spinlock_api_smp.h and kernel/locking/qspinlock.c (6.18, x86-64).
 *
 * Departures:
 * 1. Any waiter may get the lock next; the kernel's are served in the order of the queue. Invents overtaking,
 *    hides nothing.
 * 2. preempt_disable() belongs to the step that takes the lock, preempt_enable() to the one that releases it.
 *    So a task that waits for the lock does not keep the other tasks of its CPU off: hides a deadlock with one
 *    of them that alone could end the wait, and invents that one goes on meanwhile.
 * 3. Owner debugging (CONFIG_DEBUG_SPINLOCK) goes by context frame, not by task and CPU. Invents nothing: no
 *    correct code unlocks in another frame than it locked in.
 */
import {
  access,
  addState,
  Cell,
  type Frame,
  generic,
  type KernelPath,
  type Machine,
} from '../machine/index.ts'
import { type MemoryObject, Order, RELAXED, running } from '../machine/index.ts'
import { lock_acquired, lock_released } from './lockdep.ts'
import { local_irq_restore, local_irq_save } from './preempt.ts'
import { preempt_count_add } from './preempt_count.ts'

/** `raw_spinlock_t`: waits for ever, with preemption off; safe against NMI in no way. */
export class raw_spinlock_t {
  readonly locked: Cell<boolean>
  /** Ghost: who took it. Invariant: null iff not locked; changes in the steps that change `locked`. */
  holder: Frame | null = null

  constructor(name: string, owner: MemoryObject | null = null) {
    this.locked = new Cell(name, false, owner, (held) => (held ? 'locked' : 'unlocked'))
    addState(() => this.holder)
  }
}

function take(m: Machine, lock: raw_spinlock_t, trylock: boolean): void {
  m.store(lock.locked, true, Order.Once, true)
  lock.holder = running()
  preempt_count_add(m, 1)
  lock_acquired(lock.locked.name, trylock)
}

/** Waits until it has the lock; acquires. A frame that interrupts the holder on its CPU waits for ever. */
export function* raw_spin_lock(lock: raw_spinlock_t): KernelPath {
  const ready = (): boolean => !lock.locked.peek()
  const run = (m: Machine): void => {
    m.load(lock.locked, Order.Acquire)
    take(m, lock, false)
  }
  yield* access('raw_spin_lock', lock.locked, run, {
    ready,
    awaits: [lock.locked],
    holder: () => lock.holder,
  })
}

/** False if somebody holds it: then nothing changed. Never waits: legal in NMI. */
export function raw_spin_trylock(lock: raw_spinlock_t): KernelPath<boolean> {
  return access('raw_spin_trylock', lock.locked, (m) => {
    if (m.load(lock.locked, Order.Acquire)) return false
    take(m, lock, true)
    return true
  })
}

/** Releases. By another than the holder: `warn`. */
export function raw_spin_unlock(lock: raw_spinlock_t): KernelPath {
  return access(
    'raw_spin_unlock',
    lock.locked,
    (m) => {
      const name = generic(lock.locked.name)
      if (lock.holder === null) m.report('warn', `BUG: spinlock already unlocked: ${name}`)
      else if (lock.holder !== running()) m.report('warn', `BUG: spinlock wrong owner: ${name}`)
      lock.holder = null
      m.store(lock.locked, false, Order.Release)
      lock_released(lock.locked.name)
      preempt_count_add(m, -1)
    },
    RELAXED,
  )
}

/** Interrupts off, then the lock. Gives what raw_spin_unlock_irqrestore wants back: were they off before? */
export function* raw_spin_lock_irqsave(lock: raw_spinlock_t): KernelPath<boolean> {
  const flags = yield* local_irq_save()
  yield* raw_spin_lock(lock)
  return flags
}

export function* raw_spin_unlock_irqrestore(lock: raw_spinlock_t, flags: boolean): KernelPath {
  yield* raw_spin_unlock(lock)
  yield* local_irq_restore(flags)
}
