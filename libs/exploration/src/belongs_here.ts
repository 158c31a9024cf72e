/** Is this where a reversal is to be explored? */
import type { Moved } from './branch.ts'
import { closeNeeds, needsBehind } from './blocks.ts'
import { joinInto } from './clock.ts'
import { demandRaces, demandReversal } from './demands.ts'
import { isMovedElsewhere } from './elsewhere.ts'
import { type Event, isSame } from './event.ts'
import type { EventLog } from './event_log.ts'
import { demandFollowed, followAsMeant } from './followers.ts'
import type { Racer } from './racer.ts'
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
  const needs = f.clock.slice()
  closeNeeds(
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
    demandReversal(log, task, index, [], { before: reversal })
    return false
  }
  demandRaces(log, index, task, reversal)
  demandFollowed(log, branches, index, task, reversal)
  return !isMovedElsewhere(log, branches, f, skipped, at) && followAsMeant(log, branches, f, followers)
}
