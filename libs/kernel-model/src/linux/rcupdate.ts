/**
 * Vanilla RCU. Follows include/linux/rcupdate.h and kernel/rcu/tree.c (6.18, preemptible RCU, consolidated
 * flavours). Readers are the explicit sections and all code with preemption, bottom halves or interrupts off:
 * softirq, hardirq and NMI handlers too. RCU Tasks Trace readers are not.
 *
 * Departures (see also grace_period.ts):
 * 1. Nesting is counted per context frame, not per task: the kernel's handlers leave the task's count as they
 *    found it. A section that is open when its frame ends is a `warn`; the kernel would go on as a reader.
 * 2. The callback runs as a task with bottom halves off, as in rcuc/rcuo threads, never in a softirq:
 *    in_task() is true there. Hides what depends on in_softirq(), and a callback that interrupts a task of
 *    the same CPU.
 */
import { access, type KernelPath, type Machine, machine, RELAXED, running } from '../machine/index.ts'
import {
  type Flavour,
  GracePeriod,
  queueCallback,
  type rcu_callback_t,
  type rcu_head,
} from './grace_period.ts'
import { might_sleep } from './preempt.ts'
import { watchOpenSections } from './rcu_sections.ts'

export { rcu_head, type rcu_callback_t } from './grace_period.ts'

const VANILLA: Flavour = { call: 'call_rcu', words: ['rcuReader'], thread: 'rcu' }

/** Begins a reader section; nests. Any context. */
export function* rcu_read_lock(): KernelPath {
  yield* nest('rcu_read_lock', 1)
}

/** Ends one. Without a section: `warn`. */
export function* rcu_read_unlock(): KernelPath {
  yield* nest('rcu_read_unlock', -1)
}

function* nest(op: string, change: 1 | -1): KernelPath {
  watchOpenSections(machine())
  yield* access(
    op,
    null,
    (m) => {
      const frame = running()
      if (frame.rcuNesting + change < 0) return m.report('warn', 'rcu_read_unlock() without rcu_read_lock()')
      frame.rcuNesting += change
      m.updateRcuReader(frame)
    },
    RELAXED,
  )
}

/** Explicit readers only: false in a handler, although no grace period can end there. */
export function rcu_read_lock_held(): boolean {
  return running().rcuNesting > 0
}

/**
 * Invokes `func(head)` once all present readers have ended. Any context but NMI. The callback cannot sleep.
 * A head that is queued already: `double-free`.
 */
export function* call_rcu(head: rcu_head, func: rcu_callback_t): KernelPath {
  yield* queueCallback(VANILLA, head, func)
}

/** Waits until all present readers have ended; sleeps. Inside a reader section: waits for itself. */
export function* synchronize_rcu(): KernelPath {
  might_sleep('synchronize_rcu')
  const period = yield* access('synchronize_rcu', null, (m: Machine) => new GracePeriod(m, VANILLA.words))
  yield* period.end('synchronize_rcu', () => {})
}
