/** What of the things that could be explored under some branches is explored elsewhere. */
import { Level } from '@bottom-half/kernel-model'
import { closeNeeds } from './blocks.ts'
import { conflicting, type Moved, present, skips } from './branch.ts'
import { CHOICE, type Event, type PlainEvent } from './event.ts'
import type { EventLog } from './event_log.ts'
import { comesFirst, isAfter, needComesFirst } from './precedence.ts'

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
function isMovedInVain(branches: Branches, i: number, event: Event): boolean {
  const branch = branches[i]!
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
  return uncut(branches).some((i) => isMovedInVain(branches, i, event) || isOverdue(log, branches, i, event))
}

/**
 * Does something that was moved before have to come after something that was added since `at`, and that conflicts with it or with what it
 * was moved before? Then it should have been moved together with that, by another schedule.
 */
export function comesAfterNew(log: EventLog, branches: Branches, at: number): boolean {
  return uncut(branches, at).some((i) => {
    const { g, skipped } = branches[i]!
    const event = present(log, g)
    if (skipped === null || event === null) return false
    const index = log.events.indexOf(event)
    const needs = event.clock.slice()
    closeNeeds(
      log,
      event,
      () => true,
      (j) => j > index,
      needs,
    )
    const isNew = (e: Event, j: number): boolean => e !== event && e.added >= at && log.inClock(j, needs)
    return log.events.some((e, j) => isNew(e, j) && (conflicting(e, skipped) || event.conflicts.includes(j)))
  })
}

/** Is the event `f`, which was moved before `skipped` by a reversal at this time, to be moved there elsewhere? */
export function isMovedElsewhere(
  log: EventLog,
  branches: Branches,
  f: Event,
  skipped: PlainEvent | null,
  at: number,
): boolean {
  return uncut(branches, at).some(
    (i) =>
      isMovedInVain(branches, i, f) ||
      comesFirst(log, branches, i, f, skipped) ||
      needComesFirst(log, branches[i]!, f, skipped) ||
      isOverdue(log, branches, i, f),
  )
}
