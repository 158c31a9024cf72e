/** Is this where a reversal is to be explored? */
import type { Moved } from './branch.ts'
import { closeAllNeeds, needsBehind } from './blocks.ts'
import { joinInto } from './clock.ts'
import { demandRaces, demandReversal } from './demands.ts'
import { comesAfterNew, isMovedElsewhere } from './elsewhere.ts'
import { type Event, isSame } from './event.ts'
import type { EventLog } from './event_log.ts'
import { demandFollowed, followAsMeant } from './followers.ts'
import type { Racer } from './racer.ts'
import { comesFirst } from './precedence.ts'
import type { Rearranged } from './rearrange.ts'
import type { Reversal } from './reversal.ts'

/** Of a reversal that was run as it was meant to be. Notes what else it leads to. */
export function belongsHere(
  log: EventLog,
  branches: readonly Moved[],
  { f, index }: Extract<Rearranged, { is: 'done' }>,
  task: Racer,
  reversal: Reversal,
  skipped: Event | null,
): boolean {
  const { at, followers } = reversal
  const ends = reversal.ended.length > 0
  const needs = f.clock.slice()
  closeAllNeeds(
    log,
    f,
    (i) => log.events[i]!.added < at,
    (i) => i > index,
    needs,
  )
  joinInto(needs, needsBehind(log, index, at))
  for (let i = 0; i < log.events.length; i++) {
    const e = log.events[i]!
    if (e.added < at || e.id === f.id || log.inClock(i, needs)) continue
    if (followers.some((each) => isSame(each, e))) continue
    if (!ends) demandReversal(log, task, index, [], { before: reversal })
    return false
  }
  if (!ends) demandRaces(log, index, task, reversal)
  demandFollowed(log, branches, index, task, reversal)
  if (ends && isEndedElsewhere(log, branches, { at, g: f, skipped, was: null, followers })) return false
  return !isMovedElsewhere(log, branches, f, skipped, at) && followAsMeant(log, branches, f, followers)
}

/** Of a reversal that ran the rest of handlers in place: are others to be moved before that, or before `g`? */
function isEndedElsewhere(log: EventLog, branches: readonly Moved[], branch: Moved): boolean {
  const { at, g, skipped } = branch
  if (comesAfterNew(log, branches, at)) return true
  const these = [...branches, branch]
  return log.events.some((e) => e.added > g.added && comesFirst(log, these, branches.length, e, skipped))
}
