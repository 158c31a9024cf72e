/**
 * A reversal of races: what is kept of the schedule if `f` is to come before some earlier events, and what is taken away.
 *
 * As in TruSt (Kokologiannakis, Marmanis, Gladstein, Vafeiadis, POPL'22) and POP (Abdulla, Atig, Das, Jonsson, Sagonas,
 * CAV'24) what is kept is all that was added before the first of the reversed events, and of the rest only what `f` needs.
 */
import { type Action, CHOICE, type Event, isSame, type PlainEvent } from './event.ts'

/** A schedule to be run: `actions`, of which the one at `f` is the event that is moved. */
export interface Reversal {
  /** What was added at or after this time is kept only if it is needed. */
  readonly at: number
  readonly actions: readonly Action[]
  readonly f: number
  /** By frame id: how many of its events are kept. What is kept has its past with it, so that this says which they are. */
  readonly counts: readonly number[]
  /** The frames of what is kept and comes behind `f`, since it leaves handlers open, once for each event, in order of their ids. */
  readonly behind: readonly number[]
  /** What `f` is to come before. */
  readonly from: readonly PlainEvent[]
  /** Those of them that were asked for: before the others it has to come only because of what it touches where it is. */
  readonly asked: readonly PlainEvent[]
  /** What had been moved before, and has to follow `f` at once (followers.ts). */
  readonly followers: readonly PlainEvent[]
  /** Is all kept that need not come after `f`? */
  readonly all: boolean
  /** By id, in order: the handlers of which a part is kept, and the rest is run in place, for what is kept below them comes after it. */
  readonly ended: readonly number[]
}

/** Only what the default schedule added may be taken away, in the first way that it could turn out; what follows is put back. */
export function mayTakeAway(events: readonly Event[], { counts, followers }: Reversal): boolean {
  for (const event of events) {
    if (event.ordinal <= (counts[event.id] ?? 0) || (!event.reversed && event.outcome <= CHOICE)) continue
    if (!followers.some((follower) => isSame(follower, event))) return false
  }
  return true
}

/** The first event that the reversal takes away. */
export function firstTaken(events: readonly Event[], { counts }: Reversal): Event | null {
  let first: Event | null = null
  for (const event of events)
    if (event.ordinal > (counts[event.id] ?? 0) && (first === null || event.added < first.added))
      first = event
  return first
}

/** How many of the events stay where they are. */
export function commonPrefix(events: readonly Event[], { actions, f }: Reversal): number {
  let cut = 0
  while (cut < events.length && cut < f) {
    const event = events[cut]!
    const action = actions[cut]!
    if (event.id !== action.id || event.outcome !== action.outcome) break
    cut++
  }
  return cut
}
