/**
 * RCU Tasks Trace. Follows include/linux/rcupdate_trace.h and kernel/rcu/tasks.h (6.18: a nesting count per
 * task). Readers are explicit sections only, which may sleep: handlers, and code with interrupts or
 * preemption off, are none. They are waited for all the same, because a grace period of this flavour implies
 * one of vanilla RCU, until that was retired after 6.18.
 *
 * Departures (see also grace_period.ts):
 * 1. Nesting is counted per context frame, as in rcupdate.ts. A section that is open when its frame ends
 *    holds up grace periods for ever; the kernel warns, and drops it when the task exits. Invents a deadlock
 *    on top of that warning.
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

const TRACE: Flavour = {
  call: 'call_rcu_tasks_trace',
  words: rcu_trace_implies_rcu_gp() ? ['traceReader', 'rcuReader'] : ['traceReader'],
  thread: 'rcu_tasks_trace',
}

/**
 * "Should a tasks-trace grace period be taken for a vanilla one?" Documented as an accident of the
 * implementation.
 */
export function rcu_trace_implies_rcu_gp(): true {
  return true
}

/** Begins a section that may sleep; nests. Any context. */
export function* rcu_read_lock_trace(): KernelPath {
  yield* nest('rcu_read_lock_trace', 1)
}

/** Ends one. Without a section: `warn`. */
export function* rcu_read_unlock_trace(): KernelPath {
  yield* nest('rcu_read_unlock_trace', -1)
}

function* nest(op: string, change: 1 | -1): KernelPath {
  watchOpenSections(machine())
  yield* access(
    op,
    null,
    (m) => {
      const frame = running()
      const before = frame.traceNesting
      if (before + change < 0)
        return m.report('warn', 'rcu_read_unlock_trace() without rcu_read_lock_trace()')
      frame.traceNesting += change
      if (before > 0 && frame.traceNesting > 0) return
      frame.traceReader.flip(m, frame)
    },
    RELAXED,
  )
}

/** Explicit readers of this flavour: false in a handler, even where it implies a vanilla reader. */
export function rcu_read_lock_trace_held(): boolean {
  return running().traceNesting > 0
}

/**
 * Invokes `func(head)` once all present readers of both flavours have ended. Any context but NMI. The
 * callback runs in a thread with bottom halves off: it cannot sleep. A head that is queued already:
 * `double-free`.
 */
export function* call_rcu_tasks_trace(head: rcu_head, func: rcu_callback_t): KernelPath {
  yield* queueCallback(TRACE, head, func)
}

/** Waits until all present readers have ended; sleeps. Inside a reader section: waits for itself. */
export function* synchronize_rcu_tasks_trace(): KernelPath {
  might_sleep('synchronize_rcu_tasks_trace')
  const op = 'synchronize_rcu_tasks_trace'
  const period = yield* access(op, null, (m: Machine) => new GracePeriod(m, TRACE.words))
  yield* period.end(op, () => {})
}
