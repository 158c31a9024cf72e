/** Critical sections, for the tests of raw spinlocks. */
import {
  raw_spin_lock,
  raw_spin_lock_irqsave,
  raw_spin_unlock,
  raw_spin_unlock_irqrestore,
  raw_spinlock_t,
} from '../src/linux/spinlock.ts'
import type { KernelPath } from '../src/machine/index.ts'

export function* critical(lock: raw_spinlock_t, body: () => KernelPath = nothing): KernelPath {
  const flags = yield* raw_spin_lock_irqsave(lock)
  yield* body()
  yield* raw_spin_unlock_irqrestore(lock, flags)
}

export function* irqsOn(lock: raw_spinlock_t): KernelPath {
  yield* raw_spin_lock(lock)
  yield* raw_spin_unlock(lock)
}

function* nothing(): KernelPath {}
