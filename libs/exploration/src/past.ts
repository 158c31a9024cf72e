/** What an event needs if it is to come before some earlier ones. */
import { closeAllNeeds, closeNeeds } from './blocks.ts'
import { joinInto } from './clock.ts'
import { ARRIVAL, isSilent } from './event.ts'
import type { EventLog } from './event_log.ts'

/** Is one of the events of `from` in the past of `index`, or is it that event? */
function after(log: EventLog, from: readonly number[], index: number): boolean {
  const { clock } = log.events[index]!
  for (let i = 0; i < from.length; i++) if (from[i]! <= index && log.inClock(from[i]!, clock)) return true
  return false
}

/**
 * What holds `f` back for good if `f` comes before `from`: handlers above `f` of which something comes after it, or that never
 * end. Gives their entries, and what makes a self-IPI due. Nothing holds back what the machine does nothing for.
 */
function blocksOf(log: EventLog, f: number, from: readonly number[]): number[] {
  const { frame, level, cpu, outcome } = log.events[f]!
  if (isSilent(outcome)) return []
  const entry = isEntry(log, f)
  const held: number[] = []
  for (let i = 0; i < log.frames.length; i++) {
    const h = log.frames[i]!
    if (h.level === 0 || i === frame || h.cpu !== cpu || h.level < level) continue
    if (h.end >= 0 && !after(log, from, h.end)) continue
    if (h.events.length > 0) held.push(h.events[0]!)
    if (h.enabledBy >= 0 && h.level > level && !entry) held.push(h.enabledBy)
  }
  return held
}

function isEntry(log: EventLog, f: number): boolean {
  const { level, ordinal } = log.events[f]!
  return level > 0 && ordinal === 1
}

/**
 * The clock of what `f` needs if it comes before all of `from`. A handler that holds `f` back and of which something comes after
 * `f` comes after it as a whole: what `f` would need of it, or because of it, is added to `from`. Null if that cannot be.
 * `all`: what `f` touches is not known yet, so it may need all that need not come after it. `ended`: handlers that are ended in place.
 */
export function pastWithout(
  log: EventLog,
  f: number,
  from: number[],
  before: number,
  all: boolean,
  ended: readonly number[],
): number[] | null {
  const { frame, level, base, touched, outcome, exited } = log.events[f]!
  const closed = exited ? [...ended, frame] : ended
  let at = before
  const keeps = (g: number): boolean => g !== f && log.events[g]!.added < at
  let held: readonly number[] = []
  const isBehind = (g: number): boolean => held.some((e) => log.inClock(e, log.events[g]!.clock))
  const couldKeep = (g: number): boolean => keeps(g) || (all && g < f && !after(log, from, g) && !isBehind(g))
  const needsOne = (g: number, of: readonly number[]): boolean => {
    const needs = log.events[g]!.clock.slice()
    closeNeeds(log, log.events[f]!, couldKeep, () => false, needs, ended)
    return of.some((e) => log.inClock(e, needs))
  }
  const needsHeld = (g: number): boolean => {
    const { clock, id, ordinal } = log.events[g]!
    const needs = clock.slice()
    needs[id] = ordinal - 1
    closeNeeds(log, log.events[g]!, couldKeep, isBehind, needs, closed)
    return held.some((e) => log.inClock(e, needs))
  }
  for (;;) {
    for (const e of from) at = Math.min(at, log.events[e]!.added)
    held = blocksOf(log, f, from)
    // Two handlers of one level exclude each other: the entry of one comes before that of the other.
    if (isEntry(log, f))
      for (const e of held)
        if (log.events[e]!.level === level && e !== f && !after(log, from, e)) from.push(e)
    const leaveOut = (g: number): boolean => g >= f || after(log, from, g)
    const conflicts = all
      ? [...log.events.keys()].filter((g) => g < f && !leaveOut(g) && !needsOne(g, held))
      : log.conflictsOf(frame, touched, outcome === ARRIVAL, leaveOut)
    const clock = base.slice()
    for (const g of conflicts) joinInto(clock, log.events[g]!.clock)
    closeAllNeeds(log, log.events[f]!, keeps, isBehind, clock, closed)
    const late = held.filter((e) => log.inClock(e, clock))
    let because = held.length === 0 ? [] : conflicts.filter(needsHeld)
    if (because.length === 0) {
      if (late.length === 0) return from.some((e) => log.inClock(e, clock)) ? null : clock
      because = conflicts.filter((g) => needsOne(g, late))
    }
    if (because.length === 0) return null
    from.push(...because)
  }
}
