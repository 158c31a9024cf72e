/** What of the things that could be explored under some branches is explored elsewhere. */
import { Level } from '@bottom-half/kernel-model'
import { conflicting, type Moved, present, skips } from './branch.ts'
import { ARRIVAL, CHOICE, type Event, type PlainEvent } from './event.ts'
import type { EventLog } from './event_log.ts'
import { comesFirst, needComesFirst, needsOf } from './precedence.ts'

type Branches = readonly Moved[]

/** Is all that was before the branch as it was then, also after a reversal that takes away what was added since `at`? */
function isUncut(branches: Branches, i: number, at: number): boolean {
  const since = branches[i]!.at
  if (at < since) return false
  for (let later = i + 1; later < branches.length; later++) if (branches[later]!.at < since) return false
  return true
}

/** Was an event moved before this one, with which it does not conflict? */
function isMovedInVain(branch: Moved, event: Event): boolean {
  return skips(branch, event) && (event.clock[branch.g.id] ?? 0) < branch.g.ordinal
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
  const isAbove = branches.some(
    ({ skipped }, i) =>
      skipped !== null &&
      skipped.cpu === cpu &&
      skipped.level <= level &&
      isOverdue(log, branches, i, event) &&
      isUncut(branches, i, Infinity),
  )
  const { events } = log.frames[event.frame]!
  // Chosen in another way, the event may not come at all.
  const mayDiffer = events.some((e) => log.events[e]!.outcome >= CHOICE)
  return level === Level.Task || !isAbove || mayDiffer ? -1 : events[0]!
}

/** Is it true of some branch that what follows the newest event, which the default schedule took, is explored elsewhere? */
export function followsElsewhere(log: EventLog, branches: Branches, event: Event): boolean {
  for (let i = 0; i < branches.length; i++) {
    const branch = branches[i]!
    if (
      (isMovedInVain(branch, event) || isOverdue(log, branches, i, event)) &&
      isUncut(branches, i, Infinity)
    )
      return true
  }
  return false
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
  const took = branches.filter((branch, i) => skips(branch, event) && isUncut(branches, i, Infinity))
  const arrival = took.length === 0 ? null : present(log, took.at(-1)!.g)
  if (arrival === null || arrival.outcome !== ARRIVAL) return false
  return needsOf(log, arrival, took[0]!.at).some((need) => conflicting(need, event))
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
  return branches.some(
    (branch, i) =>
      isUncut(branches, i, at) &&
      (isMovedInVain(branch, f) ||
        comesFirst(log, branches, i, f, skipped) ||
        needComesFirst(log, branch, f, skipped) ||
        isOverdue(log, branches, i, f)),
  )
}
