/**
 * Handlers that are open where a race is reversed, and that would end without the event that is taken away.
 *
 * A reversal keeps of the rest of the schedule what the moved event needs. If a handler is open there and holds the moved event
 * back, it comes after it then, as a whole. But where the moved event turns out to touch something else than before, that is another class
 * than the one in which the handler goes on to its end first; so both are tried.
 */
import { joinInto } from '../clock.ts'
import type { FrameRecord } from '../event.ts'
import type { EventLog } from '../event_log.ts'
import { linearise } from '../linearise.ts'
import type { Reversal } from '../reversal.ts'

/** @returns the reversal with these handlers finished before `f`; null if there are none, or no order of that is possible */
export function finishingHandlers(log: EventLog, f: number, reversal: Reversal): Reversal | null {
  const clock = [...reversal.counts]
  if (!addEnds(log, f, reversal, clock)) return null
  const line = linearise(log, (i) => i === f || log.inClock(i, clock), f, clock)
  if (line === null) return null
  const actions = line.map((i) => ({ id: log.events[i]!.id, outcome: log.events[i]!.outcome }))
  return { ...reversal, actions, f: line.indexOf(f), counts: clock }
}

/** Adds to the clock what the handlers need to end. False if there are none. */
function addEnds(log: EventLog, f: number, reversal: Reversal, clock: number[]): boolean {
  const from = reversal.from.map(({ id, ordinal }) => log.frames[log.frameOf(id)]!.events[ordinal - 1]!)
  let grown = false
  for (let again = true; again;) {
    again = false
    for (const h of log.frames) {
      if (!isOpen(log, h, reversal.at) || log.inClock(h.end, clock)) continue
      const end = log.events[h.end]!
      if (from.some((e) => log.inClock(e, end.clock)) || !holdsBack(log, f, h, reversal.at, clock)) continue
      joinInto(clock, end.clock)
      again = grown = true
    }
  }
  return grown
}

/** Was the handler entered or due before the time `at`, and does it end? */
function isOpen(log: EventLog, { level, events, enabledBy, end }: FrameRecord, at: number): boolean {
  if (level === 0 || end < 0) return false
  return log.events[events[0]!]!.added < at || (enabledBy >= 0 && log.events[enabledBy]!.added < at)
}

/** Is one of the events that are kept below the handler, on its CPU? */
function holdsBack(log: EventLog, f: number, h: FrameRecord, at: number, clock: readonly number[]): boolean {
  return log.events.some(({ id, cpu, level, added }, i) => {
    if (cpu !== h.cpu || id === h.id || level > h.level) return false
    return i === f || (added >= at && log.inClock(i, clock))
  })
}
