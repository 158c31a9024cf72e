/**
 * The races that the preemption-bounded search reverses, each as a schedule in which the later event comes first.
 *
 * Unlike the optimal search, it takes of such a schedule the first moves only, and runs none to the end to see what else is asked
 * for. So a wait is moved before each earlier write of what it may have to wait for, not just before the last one of what it waits
 * for now, where it might have to wait again.
 */
import { AWAITS, cellOf, conflict, type Machine } from '@bottom-half/kernel-model'
import { ARRIVAL, isSilent } from '../event.ts'
import type { EventLog } from '../event_log.ts'
import type { Reversal } from '../reversal.ts'
import { reverse } from '../reverse.ts'
import { awaitedBy, awaiting } from '../waits.ts'
import { finishingHandlers } from './finish_handlers.ts'

/** The reversals that the newest event asks for. */
export function racesOf(log: EventLog): Reversal[] {
  return reversalsOf(log, log.events.length - 1, false)
}

/** The reversals of what waits now, and never was: before time-outs, and at rest. */
export function racesOfWaiting(log: EventLog, machine: Machine): Reversal[] {
  const out: Reversal[] = []
  const f = log.events.length
  for (const frame of machine.frames.slice(0, log.frames.length)) {
    if (frame.state === 'done' || frame.state === 'crashed') continue
    log.pushPending(frame.index, frame.state === 'pending', awaiting(awaitedBy(machine, frame)), 0)
    out.push(...reversalsOf(log, f, true))
    log.truncate(f)
  }
  return out
}

/** @param waits what the event will touch is not known, so it may need all that need not come after it, or none of that */
function reversalsOf(log: EventLog, f: number, waits: boolean): Reversal[] {
  const { conflicts, touched } = log.events[f]!
  const out: Reversal[] = []
  const waited = touched.filter((entry) => (entry & AWAITS) !== 0)
  for (const e of new Set([...conflicts, ...writersOf(log, waited, f)])) {
    out.push(...moveBefore(log, f, e))
    if (waits) out.push(...moveBefore(log, f, e, true))
  }
  return out
}

/** Moves `f` before `e`, with what is open there before `f` or after it. */
export function moveBefore(log: EventLog, f: number, e: number, all = false): Reversal[] {
  if (log.inClock(e, log.events[f]!.base)) return []
  const reversal = reverse(log, f, [e], { all }) ?? beforeHandlers(log, f, e, all)
  if (reversal === null) return arrivalOf(log, f, e)
  const finishing = finishingHandlers(log, f, reversal)
  return finishing === null ? [reversal] : [reversal, finishing]
}

/** A handler may come to a wait and make another one due in one step. Then that step is what is moved, and not the arrival. */
function arrivalOf(log: EventLog, f: number, e: number): Reversal[] {
  const { outcome, frame } = log.events[f]!
  if (outcome !== ARRIVAL) return []
  const step = log.frames[frame]!.events.findLast((i) => !isSilent(log.events[i]!.outcome))!
  return step > e ? moveBefore(log, step, e) : []
}

/**
 * Where `f` does not fit between what was there before `e`, since it makes a handler due itself, it comes before the handlers that
 * were open or due at `e`, too: the innermost ones first.
 */
function beforeHandlers(log: EventLog, f: number, e: number, all: boolean): Reversal | null {
  const from = [e]
  for (const start of openAt(log, e)) {
    from.push(...start)
    const reversal = reverse(log, f, from, { all })
    if (reversal !== null) return reversal
  }
  return null
}

/** What entered the handlers that were open at event `e`, and what made them due; the last one first. */
function openAt(log: EventLog, e: number): number[][] {
  return log.frames
    .filter(({ level, end }) => level > 0 && (end < 0 || end >= e))
    .map(({ events, enabledBy }) => [...events.slice(0, 1), enabledBy].filter((i) => i >= 0 && i <= e))
    .filter((start) => start.length > 0)
    .sort((a, b) => Math.min(...b) - Math.min(...a))
}

/** The events before `f`, of other frames, that an entry of `waited` conflicts with. */
function writersOf(log: EventLog, waited: readonly number[], f: number): number[] {
  if (waited.length === 0) return []
  const { frame } = log.events[f]!
  const out: number[] = []
  for (let e = 0; e < f; e++) {
    const other = log.events[e]!
    if (other.frame === frame) continue
    if (waited.some((entry) => other.touched.some((each) => conflict(each, entry)))) out.push(e)
  }
  return out
}

/** The events before `f` that touched one of the words. */
export function touchersOf(log: EventLog, words: readonly number[], f: number): number[] {
  if (words.length === 0) return []
  const out: number[] = []
  for (let e = 0; e < f; e++) {
    const { touched, outcome } = log.events[e]!
    if (!isSilent(outcome) && touched.some((entry) => words.includes(cellOf(entry)))) out.push(e)
  }
  return out
}
