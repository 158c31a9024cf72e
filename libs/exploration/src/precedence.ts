/**
 * Two events that do not depend on each other, both moved before the same one, could be moved in either order: which is first?
 *
 *  1. One that is more likely to switch off what it is moved before, and for good. For then what was skipped cannot go on at once: of
 *     the other order, all that is known is that it leads to where this one leads.
 *  2. Else the one that the default order has all of first, with what it needs.
 */
import { AWAITS, cellOf, WRITES } from '@bottom-half/kernel-model'
import { conflicting, type Moved, present, skips } from './branch.ts'
import { ARRIVAL, type Event, type PlainEvent } from './event.ts'
import type { EventLog } from './event_log.ts'
import { isBefore } from './order.ts'

/** Does `f` leave a handler open above `later`, on the same CPU? */
function holdsUp(f: PlainEvent, later: PlainEvent): boolean {
  if (f.outcome === ARRIVAL) return later.outcome !== ARRIVAL && later.level <= f.level
  return !f.exited && later.level < f.level
}

/**
 * May `f` switch `later` off, and how long? 3: it writes what that waits for; 2: it keeps its CPU, and comes to a wait there; 1: it keeps
 * its CPU, which as a rule it gives back; 0: no.
 */
function maySwitchOff(f: PlainEvent, later: PlainEvent): number {
  const isOfCpu = f.cpu === later.cpu
  if (isOfCpu && holdsUp(f, later)) return f.outcome === ARRIVAL ? 2 : 1
  const writes = later.touched.some(
    (x) => (x & AWAITS) !== 0 && f.touched.some((y) => (y & WRITES) !== 0 && cellOf(x) === cellOf(y)),
  )
  return writes ? (isOfCpu ? 1 : 3) : 0
}

/** What `event` needs of the events added since `at`, itself left out, the last of each frame first. */
function needsOf(log: EventLog, event: Event, at: number): readonly Event[] {
  const needs: Event[] = []
  for (let i = 0; i < log.frames.length; i++) {
    const { id, events } = log.frames[i]!
    for (let n = (event.clock[id] ?? 0) - (id === event.id ? 1 : 0); n > 0; n--) {
      const need = log.events[events[n - 1]!]!
      if (need.added < at) break
      needs.push(need)
    }
  }
  return needs
}

/** The last in the default order of what `event` needs since `at`, and `other` does not. */
function lastNeed(log: EventLog, event: Event, at: number, other: Event): Event {
  let last = event
  for (const need of needsOf(log, event, at)) {
    if ((other.clock[need.id] ?? 0) >= need.ordinal) continue
    if (isBefore(last.key, last.ordinal, need.key, need.ordinal)) last = need
  }
  return last
}

/** Does `f` come after what the branch moved, and because of it? */
export function isAfter(f: Event, { g }: Moved): boolean {
  return (f.clock[g.id] ?? 0) >= g.ordinal
}

/** Does `f` conflict with what is skipped as it was each time that branches from the `i`-th on skipped it, and now? */
function conflictsEachTime(branches: readonly Moved[], i: number, f: Event, skipped: PlainEvent): boolean {
  if (!conflicting(f, skipped)) return false
  for (let at = i; at < branches.length; at++) {
    const branch = branches[at]!
    if (skips(branch, skipped) && !conflicting(f, branch.skipped!)) return false
  }
  return true
}

/**
 * Would `f` come second to the event of the `i`-th branch although it is to be first?
 * @param skipped what `f` is moved before, or would be: false if that is something else than the branch skipped
 */
export function comesFirst(
  log: EventLog,
  branches: readonly Moved[],
  i: number,
  f: Event,
  skipped: PlainEvent | null,
): boolean {
  const branch = branches[i]!
  if (skipped === null || !skips(branch, skipped) || isAfter(f, branch)) return false
  return conflictsEachTime(branches, i, f, skipped) && precedes(log, branch, f)
}

/**
 * As comesFirst, of something that is needed by `f`, which is moved before `skipped`: so it comes before that too, whether or not it
 * conflicts with it now.
 */
export function needComesFirst(log: EventLog, branch: Moved, f: Event, skipped: PlainEvent | null): boolean {
  if (skipped === null || !skips(branch, skipped)) return false
  for (const need of needsOf(log, f, branch.at))
    if (!isAfter(need, branch) && conflicting(need, branch.skipped!) && precedes(log, branch, need))
      return true
  return false
}

/**
 * Does `f` need a part of a handler above `later`, of which `other` is the rest? Then both come before `later` if `f` does. Not asked of
 * arrivals, which cannot be passed over.
 */
function takesAlong(f: PlainEvent & Pick<Event, 'clock'>, other: PlainEvent, later: PlainEvent): boolean {
  if (f.outcome === ARRIVAL || other.outcome === ARRIVAL) return false
  if (other.cpu !== later.cpu || other.level < later.level || other.id === later.id) return false
  return other.level > 0 && (f.clock[other.id] ?? 0) > 0
}

/** Is `f`, which conflicts with what the branch skipped, and does not come after what it moved, to be moved there before what the branch moved? */
function precedes(log: EventLog, { at, g, skipped }: Moved, f: Event): boolean {
  const other = present(log, g)
  if (other === null) return false
  const first = skipped!
  // What f needs and conflicts itself would have to be moved before f.
  for (const need of needsOf(log, f, at)) if (conflicting(need, first)) return false
  const [isOff, isOffAlready] = [maySwitchOff(f, first), maySwitchOff(g, first)]
  // All of a handler that is taken along keeps the CPU: of its rest only a write counts.
  if (takesAlong(other, f, first)) return isOff > Math.max(isOffAlready, 1)
  if (takesAlong(f, g, first)) return isOffAlready <= Math.max(isOff, 1)
  if (isOff !== isOffAlready) return isOff > isOffAlready
  const mine = lastNeed(log, f, at, other)
  const others = lastNeed(log, other, at, f)
  return isBefore(mine.key, mine.ordinal, others.key, others.ordinal)
}
