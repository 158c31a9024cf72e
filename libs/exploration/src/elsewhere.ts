/** What of the things that could be explored under some branches is explored elsewhere. */
import { Level } from '@bottom-half/kernel-model'
import { conflicting, type Moved, present, skips } from './branch.ts'
import { ARRIVAL, CHOICE, type Event, type PlainEvent } from './event.ts'
import type { EventLog } from './event_log.ts'
import { comesFirst, isAfter, needComesFirst, needsOf } from './precedence.ts'

type Branches = readonly Moved[]

/** The branches, newest first, of which all that was before is as it was then, also after a reversal that takes away what was added since `at`. */
function uncut(branches: Branches, at = Infinity): readonly number[] {
  const found: number[] = []
  let least = at
  for (let i = branches.length - 1; i >= 0; i--) {
    if (branches[i]!.at > least) continue
    found.push(i)
    least = branches[i]!.at
  }
  return found
}

/** Was an event moved before this one, with which it does not conflict? */
function isMovedInVain(branch: Moved, event: Event): boolean {
  return skips(branch, event) && !isAfter(event, branch)
}

/** Should the event have been moved before what the branch skipped, and first? */
function isOverdue(log: EventLog, branches: Branches, i: number, event: Event): boolean {
  const { skipped } = branches[i]!
  return skipped !== null && present(log, skipped) === null && comesFirst(log, branches, i, event, skipped)
}

/**
 * Where the handler of an event begins that should have been moved before what a branch skipped, and first, if it keeps that off its CPU
 * as long as it is there: then the event cannot come after it any more. Else -1.
 */
export function keepsOff(log: EventLog, branches: Branches, event: Event): number {
  const { cpu, level } = event
  const isAbove = uncut(branches).some((i) => {
    const { skipped } = branches[i]!
    if (skipped === null || skipped.cpu !== cpu || skipped.level > level) return false
    return isOverdue(log, branches, i, event)
  })
  const { events } = log.frames[event.frame]!
  // Chosen in another way, the event may not come at all.
  const mayDiffer = events.some((e) => log.events[e]!.outcome >= CHOICE)
  return level === Level.Task || !isAbove || mayDiffer ? -1 : events[0]!
}

/** Is it true of some branch that what follows the newest event, which the default schedule took, is explored elsewhere? */
export function followsElsewhere(log: EventLog, branches: Branches, event: Event): boolean {
  return uncut(branches).some((i) => isMovedInVain(branches[i]!, event) || isOverdue(log, branches, i, event))
}

/**
 * Is the arrival `f` to be moved before what is skipped where that turned out in the first way? It comes before all ways alike; but
 * something that it needs may conflict with the first way, and is moved before that one first.
 */
function isOfFirstWay(log: EventLog, f: Event, skipped: PlainEvent | null, at: number): boolean {
  if (f.outcome !== ARRIVAL || skipped === null || skipped.firstWay === null) return false
  const first = { ...skipped, touched: skipped.firstWay }
  return !needsOf(log, f, at).some((need) => conflicting(need, first))
}

/**
 * An arrival was moved before the first way of an event, which turns out in a later way here. Is that explored where it turned out so
 * before the arrival was moved? It is if something that the arrival needs conflicts with this way, and is moved before this one first.
 */
export function isChosenElsewhere(log: EventLog, branches: Branches, event: Event): boolean {
  const took = uncut(branches).filter((i) => skips(branches[i]!, event))
  const arrival = took.length === 0 ? null : present(log, branches[took[0]!]!.g)
  if (arrival === null || arrival.outcome !== ARRIVAL) return false
  return needsOf(log, arrival, branches[took.at(-1)!]!.at).some((need) => conflicting(need, event))
}

/** Is the event `f`, which was moved before `skipped` by a reversal at this time, to be moved there elsewhere? */
export function isMovedElsewhere(
  log: EventLog,
  branches: Branches,
  f: Event,
  skipped: PlainEvent | null,
  at: number,
): boolean {
  if (isOfFirstWay(log, f, skipped, at)) return true
  return uncut(branches, at).some(
    (i) =>
      isMovedInVain(branches[i]!, f) ||
      comesFirst(log, branches, i, f, skipped) ||
      needComesFirst(log, branches[i]!, f, skipped) ||
      isOverdue(log, branches, i, f),
  )
}
