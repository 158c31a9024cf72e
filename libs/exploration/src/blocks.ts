/** Handlers as blocks on their CPU. */
import { Level } from '@bottom-half/kernel-model'
import { joinInto } from './clock.ts'
import { type Event, type FrameRecord, isSilent } from './event.ts'
import type { EventLog } from './event_log.ts'

/**
 * Edges 3 and 4 of event_log.ts, for a clock of an event of `frame`: a handler of which one event is in the clock, or the event that
 * forced it, is in it as a whole. The entry of another handler can still slip in between what forces a self-IPI and the IPI's own
 * entry.
 */
export function closeBlocks(log: EventLog, frame: number, entry: boolean, clock: number[]): void {
  const { frames } = log
  const { cpu, level } = frames[frame]!
  for (let again = true; again;) {
    again = false
    for (let h = 0; h < frames.length; h++) {
      const record = frames[h]!
      if (record.end < 0 || h === frame || record.cpu !== cpu || record.level < level) continue
      if (record.level === Level.Task) continue
      const known = clock[record.id] ?? 0
      const forced =
        !entry && record.level > level && record.enabledBy >= 0 && log.inClock(record.enabledBy, clock)
      if ((known === 0 && !forced) || known === record.events.length) continue
      joinInto(clock, log.events[record.end]!.clock)
      again = true
    }
  }
}

/**
 * Closes the clock of what an event needs, among what is kept. Clocks do not have the converse of edge 4, since what comes later decides
 * it: if one event of a handler comes after an event below it, all of the handler does.
 * @param ended handlers that are ended in place, by their index: what is kept below them need not come before them
 */
export function closeNeeds(
  log: EventLog,
  event: Event,
  keeps: (index: number) => boolean,
  isBehind: (index: number) => boolean,
  clock: number[],
  ended: readonly number[] = [],
): void {
  if (!log.hasHandlers) return
  const { frame, level, ordinal, outcome } = event
  do if (!isSilent(outcome)) closeBlocks(log, frame, level > 0 && ordinal === 1, clock)
  while (joinEntries(log, event, keeps, isBehind, clock, ended))
}

/** As closeNeeds, also of what the events in the clock need themselves. */
export function closeAllNeeds(
  log: EventLog,
  event: Event,
  keeps: (index: number) => boolean,
  isBehind: (index: number) => boolean,
  clock: number[],
  ended: readonly number[] = [],
): void {
  if (!log.hasHandlers) return
  const isThere = (i: number): boolean => keeps(i) || log.inClock(i, clock)
  const joinsMore = ({ id, events }: FrameRecord): boolean => {
    const ordinal = clock[id] ?? 0
    if (ordinal === 0) return false
    const g = events[ordinal - 1]!
    const needs = log.events[g]!.clock.slice()
    needs[id] = ordinal - 1
    closeNeeds(log, log.events[g]!, isThere, (i) => i > g || isBehind(i), needs, ended)
    if (needs.every((each, other) => each <= (clock[other] ?? 0))) return false
    joinInto(clock, needs)
    return true
  }
  do closeNeeds(log, event, keeps, isBehind, clock, ended)
  while (log.frames.some(joinsMore))
}

/** Joins what the handlers in the clock come after as a whole; false if that was there. */
function joinEntries(
  log: EventLog,
  event: Event,
  keeps: (index: number) => boolean,
  isBehind: (index: number) => boolean,
  clock: number[],
  ended: readonly number[],
): boolean {
  for (const [n, h] of log.frames.entries()) {
    if (h.level === Level.Task || (clock[h.id] ?? 0) === 0) continue
    const isThere = (e: number): boolean => log.events[e] === event || keeps(e) || log.inClock(e, clock)
    const last = h.events.findLast(isThere)!
    // What the event itself comes after is what is looked for.
    const past = log.events[last] === event ? clock : log.events[last]!.clock
    const isOpen = last !== h.end && !ended.includes(n)
    for (const below of log.frames) {
      if (below.cpu !== h.cpu || below.level >= h.level) continue
      // What is there beside a handler that stays open came before that.
      const known = isOpen
        ? below.events.findLastIndex((e) => isThere(e) && !isBehind(e)) + 1
        : (past[below.id] ?? 0)
      if (known <= (clock[below.id] ?? 0)) continue
      joinInto(clock, log.events[below.events[known - 1]!]!.clock)
      return true
    }
  }
  return false
}

/** The clock of what those kept events need that come behind the event at `index`: with it before them, more than they did. */
export function needsBehind(log: EventLog, index: number, at: number): number[] {
  const needs: number[] = []
  for (let i = index + 1; i < log.events.length; i++)
    if (log.events[i]!.added < at) joinNeedsAfter(log, i, log.events[index]!.clock, needs)
  return needs
}

/** Joins what the event at `i` needs if it comes after what this clock has. */
function joinNeedsAfter(log: EventLog, i: number, after: readonly number[], clock: number[]): void {
  const { frame, id, level, ordinal, outcome, clock: own } = log.events[i]!
  if (isSilent(outcome)) return
  const past = own.slice()
  past[id] = ordinal - 1
  joinInto(past, after)
  closeBlocks(log, frame, level > 0 && ordinal === 1, past)
  joinInto(clock, past)
}
