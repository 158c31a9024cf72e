/** Reader sections that their frame left open, reported when the schedule is over. */
import { Attached, type Frame, generic, type Machine } from '../machine/index.ts'

const watched = new Attached<Machine, true>()

/** Has open sections reported at rest. Once per machine; called by whatever opens or closes a section. */
export function watchOpenSections(m: Machine): void {
  if (watched.has(m)) return
  watched.set(m, true)
  m.atRest(() => {
    for (const frame of m.frames) if (frame.state === 'done') report(m, frame)
  })
}

function report(m: Machine, frame: Frame): void {
  const who = generic(frame.name)
  if (frame.rcuNesting > 0) m.report('warn', `rcu_read_lock() is left open at the end of ${who}`)
  if (frame.traceNesting > 0) m.report('warn', `rcu_read_lock_trace() is left open at the end of ${who}`)
}
