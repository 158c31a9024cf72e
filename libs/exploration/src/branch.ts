/** A reversal that is being explored, and what tells which further ones are explored elsewhere. */
import { conflict } from '@bottom-half/kernel-model'
import { ARRIVAL, CHOICE, type Event, type PlainEvent } from './event.ts'
import type { EventLog } from './event_log.ts'
import { isBefore } from './order.ts'

/** An event that was moved, and what it was moved before. */
export interface Moved {
  /** What was added at or after this time was kept only if it was needed. */
  readonly at: number
  readonly g: PlainEvent
  /** The first event that was taken away: what the default schedule had there. */
  readonly skipped: PlainEvent | null
}

/** Does `f`, which comes first now, conflict with an event as it was without `f` before it? */
export function conflicting(f: PlainEvent, later: PlainEvent): boolean {
  for (const x of later.touched) {
    for (const y of f.touched) if (conflict(x, y)) return true
  }
  if (f.cpu !== later.cpu || f.outcome >= CHOICE || later.outcome >= CHOICE) return false
  if ((f.outcome === ARRIVAL) === (later.outcome === ARRIVAL)) return false
  return later.outcome === ARRIVAL ? later.level >= f.level : later.level <= f.level
}

/** The event of this name in the present schedule, if it is there. */
export function present(log: EventLog, { id, ordinal }: PlainEvent): Event | null {
  const index = log.frames[log.frameOf(id)]?.events[ordinal - 1]
  return index === undefined ? null : log.events[index]!
}

/** The last in the default order of what `event` needs of the events added since `at`, itself included, and `other` does not need. */
function lastNeed(log: EventLog, event: Event, at: number, other: Event): Event {
  let last = event
  for (const { id, events } of log.frames) {
    for (let n = event.clock[id] ?? 0; n > (other.clock[id] ?? 0); n--) {
      const need = log.events[events[n - 1]!]!
      if (need.added < at) break
      if (isBefore(last.key, last.ordinal, need.key, need.ordinal)) last = need
    }
  }
  return last
}

/**
 * Two events that do not depend on each other, both moved before the same `skipped`, could be moved in either order. The one
 * that the default order has all of first, with what it needs, is to be moved first. Says whether `f` would come second to the
 * event of `moved` although it is to be first.
 */
export function comesFirst(log: EventLog, moved: Moved, f: Event, skipped: PlainEvent | null): boolean {
  const { at, skipped: first } = moved
  if (first === null || skipped === null || (f.clock[moved.g.id] ?? 0) >= moved.g.ordinal) return false
  if (first.id !== skipped.id || first.ordinal !== skipped.ordinal || !conflicting(f, first)) return false
  const g = present(log, moved.g)
  if (g === null) return false
  const mine = lastNeed(log, f, at, g)
  const others = lastNeed(log, g, at, f)
  return isBefore(mine.key, mine.ordinal, others.key, others.ordinal)
}

/** Was an event moved before this one, with which it does not conflict? */
export function isMovedInVain({ skipped, g }: Moved, event: Event): boolean {
  if (skipped === null || skipped.id !== event.id || skipped.ordinal !== event.ordinal) return false
  return (event.clock[g.id] ?? 0) < g.ordinal
}
