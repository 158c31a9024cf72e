/**
 * Events that conflict with a moved one only where it was moved to.
 *
 * A step decides by what it finds which words it touches. So an event `g` that was moved may conflict in its new place with an event
 * `f` that the default schedule has only later, and with which it did not where it was: there no race says that one of
 * them could come first, and here `g` is not to be moved any more. So `f` is moved before it, and `g` has to follow at once.
 */
import { conflicting, type Moved, present, type Was } from './branch.ts'
import { demandReversal } from './demands.ts'
import { isMovedElsewhere } from './elsewhere.ts'
import { type Event, isSame, type PlainEvent } from './event.ts'
import type { EventLog } from './event_log.ts'
import type { Racer } from './racer.ts'
import type { Reversal } from './reversal.ts'

/**
 * What `g` was in the schedule `before` it was moved; null if it touches the same now.
 * @param was null if it waited there in vain
 */
export function wasOf(
  was: PlainEvent | null,
  g: PlainEvent,
  before: readonly Event[],
  { counts }: Reversal,
): Was | null {
  if (was === null || touchSame(g, was)) return null
  const isTaken = ({ id, ordinal, clock }: Event): boolean =>
    ordinal > (counts[id] ?? 0) && (clock[was.id] ?? 0) < was.ordinal
  return { g: was, taken: before.filter(isTaken) }
}

function touchSame(a: PlainEvent, b: PlainEvent): boolean {
  return a.touched.length === b.touched.length && a.touched.every((entry) => b.touched.includes(entry))
}

function branchOf(branches: readonly Moved[], event: PlainEvent): Moved | null {
  for (let i = branches.length - 1; i >= 0; i--) if (isSame(branches[i]!.g, event)) return branches[i]!
  return null
}

/** The races of the event at `index` with moved ones that would have to follow it. `before`: a reversal of it that these add to. */
export function demandFollowed(
  log: EventLog,
  branches: readonly Moved[],
  index: number,
  owner: Racer,
  before?: Reversal,
): void {
  const event = log.events[index]!
  for (const e of event.conflicts) {
    const g = log.events[e]!
    const branch = g.reversed ? branchOf(branches, g) : null
    if (branch === null) continue
    // What was there before `g` was moved, and not because of it, the reversals of `g` itself care for.
    if (branch.was === null || branch.was.taken.some((each) => isSame(each, event))) continue
    demandReversal(log, owner, index, [e], { before, followers: [branch.g, ...branch.followers] })
  }
}

/** Do the followers of `f`, which are there, still conflict with what they were moved before; and could no other way lead here? */
export function followAsMeant(
  log: EventLog,
  branches: readonly Moved[],
  f: Event,
  followers: readonly PlainEvent[],
): boolean {
  return followers.every((follower) => {
    const g = present(log, follower)!
    const branch = branchOf(branches, follower)!
    const { at, skipped, was } = branch
    if (skipped === null || !conflicting(g, skipped)) return false
    // Where the default schedule had `g`, there is a race of `f` with it, or with what was taken away and is before it: with `f`
    // moved there, the default schedule has `g` after it.
    const isElsewhere =
      was === null ||
      conflicting(f, was.g) ||
      was.taken.some((e) => e.added < was.g.added && conflicting(f, e))
    if (isElsewhere) return false
    if (log.events.some((e, i) => e !== g && e.added >= at && !log.inClock(i, g.clock))) return false
    return !isMovedElsewhere(log, branches, g, skipped, at)
  })
}
