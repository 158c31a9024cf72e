/** Reader sections that their frame left open, reported when the schedule is over. */
import { type Frame, generic, type Machine } from '../machine/index.ts'

const watched = new WeakSet<Machine>()

/** Has open sections reported at rest. Once per machine; called by whatever opens or closes a section. */
export function watchOpenSections(m: Machine): void {
  if (watched.has(m)) return
  watched.add(m)
  m.atRest(() => {
    for (const frame of m.frames) if (frame.state === 'done') report(m, frame)
  })
}

function report(m: Machine, frame: Frame): void {
  const who = generic(frame.name)
  if (frame.rcuNesting > 0) m.report('warn', `rcu_read_lock() is left open at the end of ${who}`)
  if (frame.traceNesting > 0) m.report('warn', `rcu_read_lock_trace() is left open at the end of ${who}`)
}
