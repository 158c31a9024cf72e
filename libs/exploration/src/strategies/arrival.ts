/**
 * Races that only a bound on preemptions sees. Leaving a CPU is free where its frame cannot go on; so it matters whether
 * the frame *comes* to its wait before or after what makes the wait possible, although the step that brings it there commutes with
 * that. The last step before a wait, or of a frame, therefore races with whatever touches the words that decide if its CPU can go on.
 */
import { cellOf, type Frame, type Machine } from '@bottom-half/kernel-model'
import { isSilent } from '../event.ts'
import type { EventLog } from '../event_log.ts'
import type { Reversal } from '../reversal.ts'
import { moveBefore, touchersOf } from './bounded_races.ts'

/** The reversals that the newest event, a step, asks for: as what comes to a wait, and as what changes where others did. */
export function arrivalRaces(log: EventLog, machine: Machine): Reversal[] {
  const newest = log.events.length - 1
  const event = log.events[newest]!
  const others = new Set(touchersOf(log, decidingWords(machine.frames[event.frame]!), newest))
  const touched = new Set(event.touched.map(cellOf))
  for (const [index, { events }] of log.frames.entries()) {
    const last = events.findLast((e) => !isSilent(log.events[e]!.outcome))
    if (last === undefined || last === newest) continue
    if (decidingWords(machine.frames[index]!).some((word) => touched.has(word))) others.add(last)
  }
  const out: Reversal[] = []
  for (const e of others) {
    if (!log.inClock(e, event.clock)) out.push(...moveBefore(log, newest, e))
  }
  return out
}

/** The words that decide if the CPU of a frame that has ended or may have to wait can go on; none for another frame. */
function decidingWords(frame: Frame): number[] {
  if (frame.state === 'pending') return []
  if (frame.state === 'active' && (frame.next === null || frame.next.ready === null)) return []
  const { mask, softirqs, preemption } = frame.cpu
  return [mask.id, softirqs.id, preemption.id, ...(frame.next?.awaits ?? []).map((word) => word.id)]
}
