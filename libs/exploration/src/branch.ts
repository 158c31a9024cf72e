/** A reversal that is being explored: an event that was moved, and what it was moved before. */
import { conflict } from '@bottom-half/kernel-model'
import type { Turned } from './demands.ts'
import { ARRIVAL, CHOICE, type Detached, type Event, isSame, type PlainEvent } from './event.ts'
import type { EventLog } from './event_log.ts'
import type { Task } from './racer.ts'

/** A moved event where the default schedule had it, and what was taken away there, without what happens after it. */
export interface Was {
  readonly g: PlainEvent
  readonly taken: readonly PlainEvent[]
}

/** An event that was moved, and what it was moved before. */
export interface Moved {
  /** What was added at or after this time was kept only if it was needed. */
  readonly at: number
  readonly g: PlainEvent
  /** The first event that was taken away: what the default schedule had there. */
  readonly skipped: PlainEvent | null
  /** Not null: `g` touches something else here than it did where the default schedule had it. */
  readonly was: Was | null
  /** What had been moved before, and follows `g` at once (followers.ts). */
  readonly followers: readonly PlainEvent[]
}

/** A reversal in the search that explores it. */
export interface Branch extends Moved {
  /** The schedule in which the race was found. */
  readonly before: readonly Event[]
  /** The position of the last event that was there when it began. */
  readonly base: number
  readonly cut: number
  readonly events: Detached
  readonly tasks: (Task[] | null)[]
  /** What else it turned out to lead to. */
  readonly again: readonly Turned[]
  /** How many tasks were active when it began. */
  readonly height: number
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

/** Where these events are in the present schedule. */
export function indexesOf(log: EventLog, events: readonly PlainEvent[]): number[] {
  return events.map(({ id, ordinal }) => log.frames[log.frameOf(id)]!.events[ordinal - 1]!)
}

/** Did the branch skip this event, or one of its name? */
export function skips({ skipped }: Moved, event: PlainEvent): boolean {
  return skipped !== null && isSame(skipped, event)
}
