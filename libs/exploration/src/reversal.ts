/**
 * Reverses a race: where must the search go back to, and which first moves lead to a schedule in which `f` comes before `e`?
 *
 * Source-DPOR (Abdulla, Aronis, Jonsson, Sagonas, POPL'14) takes `v = notdep(e,E).f` at `pre(E,e)`. Here frames are stacked:
 * what interrupted a frame has to finish before the frame moves again. So `v`, the part of the schedule that `f` needs, must be
 * executable on stacks: a handler of which `v` holds only a part can only be the last thing on its CPU. If such a handler
 * was entered before the point to go back to, it is finished first if it can be without `e`; if not, the point moves before its
 * entry, and the handler's whole frame goes with it.
 */
import { joinInto } from './clock.ts'
import type { Event, EventLog, FrameRecord } from './event_log.ts'

export interface Reversal {
  /** The number of events to keep. */
  readonly at: number
  /** Moves that may come first there: frame and move, one per CPU. */
  readonly initials: readonly { readonly frame: number; readonly move: number }[]
}

/** What the reversed schedule needs after `at`: events before `f` in its own past, then `f`. */
interface Needs {
  readonly log: EventLog
  readonly clock: number[]
  readonly f: number
  /** True if `f` itself is performed (false: it only has to become pending). */
  readonly performed: boolean
}

function needed(needs: Needs, index: number): boolean {
  if (index === needs.f) return needs.performed
  return needs.log.inClock(index, needs.clock)
}

/** Is an event of `record` held back by `handler` while that is active? */
function below(record: FrameRecord, handler: FrameRecord): boolean {
  return record !== handler && record.cpu === handler.cpu && record.level <= handler.level
}

/** Is the event held back by a self-IPI that is due but not entered? Other handlers can come in, nothing below can step. */
function belowDue(needs: Needs, index: number, handler: FrameRecord): boolean {
  const record = frameOf(needs, index)
  const entry = record.level > 0 && needs.log.events[index]!.ordinal === 1
  return !entry && record.cpu === handler.cpu && record.level < handler.level
}

/** The needed events of `cpu` from `at` on, in the order of the schedule. */
function neededOn(needs: Needs, cpu: number, at: number): number[] {
  const out: number[] = []
  const events = needs.log.cpus[cpu]!
  for (let i = events.length - 1; i >= 0 && events[i]! >= at; i--)
    if (events[i]! <= needs.f && needed(needs, events[i]!)) out.push(events[i]!)
  return out.reverse()
}

/** Will all of the handler have run once the needed events did? */
function completes(needs: Needs, handler: FrameRecord, at: number): boolean {
  if (handler.end < 0 || handler.end > needs.f) return false
  for (const index of handler.events) if (index >= at && !needed(needs, index)) return false
  return true
}

/** The event before which one must be for the handler not to come: its entry, or what forced a self-IPI. */
function startOf(handler: FrameRecord): number {
  const entry = handler.events[0]!
  return handler.enabledBy >= 0 ? Math.min(entry, handler.enabledBy) : entry
}

/**
 * Open handlers that hold back a needed event and that end without `e`: their rest is needed too. Going back before them
 * instead would reverse more than the race.
 */
function finishOpenHandlers(needs: Needs, e: number, at: number): boolean {
  let grown = false
  for (const record of needs.log.frames) {
    if (record.level === 0 || record.events.length === 0 || startOf(record) >= at) continue
    if (record.end < at || record.end > needs.f || completes(needs, record, at)) continue
    const end = needs.log.events[record.end]!
    if (needs.log.inClock(e, end.clock)) continue
    const held = neededOn(needs, record.cpu, at).some((i) => below(frameOf(needs, i), record))
    if (!held) continue
    joinInto(needs.clock, end.clock)
    grown = true
  }
  return grown
}

/**
 * Handlers that were due before `at`, are not over there, would not complete, and hold back a needed event:
 * gives the earliest start, or `at` if there is none.
 */
function beforeOpenHandlers(needs: Needs, at: number): number {
  let start = at
  for (const record of needs.log.frames) {
    if (record.level === 0 || record.events.length === 0) continue
    if (startOf(record) >= at || (record.end >= 0 && record.end < at)) continue
    if (completes(needs, record, at)) continue
    const events = neededOn(needs, record.cpu, at)
    if (events.some((i) => belowDue(needs, i, record))) start = Math.min(start, startOf(record))
    else if (record.events[0]! < at && events.some((i) => below(frameOf(needs, i), record)))
      start = Math.min(start, record.events[0]!)
  }
  return start
}

function frameOf(needs: Needs, index: number): FrameRecord {
  return needs.log.frames[needs.log.events[index]!.frame]!
}

/** Does event `index` leave something on its CPU that keeps `later` from happening? */
function obstructs(needs: Needs, index: number, later: number, at: number): boolean {
  const own = frameOf(needs, index)
  if (own.level > 0 && below(frameOf(needs, later), own) && !completes(needs, own, at)) return true
  return needs.log.frames.some(
    (h) => h.enabledBy === index && belowDue(needs, later, h) && !completes(needs, h, at),
  )
}

/**
 * The needed events of a CPU in an order that its stack can execute: handlers that stay unfinished go last.
 * Null if such a handler happens before something that it holds back.
 */
function executable(needs: Needs, cpu: number, at: number): number[] | null {
  const events = neededOn(needs, cpu, at)
  const last: number[] = []
  const first: number[] = []
  for (const index of events) {
    const heldBack = events.filter((i) => i > index && obstructs(needs, index, i, at))
    if (heldBack.length === 0) {
      first.push(index)
      continue
    }
    if (heldBack.some((i) => needs.log.inClock(index, needs.log.events[i]!.clock))) return null
    last.push(index)
  }
  return [...first, ...last]
}

function isInitial(needs: Needs, index: number, at: number, all: readonly number[]): boolean {
  const clock = index === needs.f ? needs.clock : needs.log.events[index]!.clock
  return all.every((other) => other === index || other < at || !needs.log.inClock(other, clock))
}

/**
 * @param clock what `f` needs, without the edge from `e`
 * @param performed false if `f` stands for a wait that has only become pending
 * @returns null if no schedule of this kind exists
 */
export function reverse(
  log: EventLog,
  e: number,
  f: number,
  clock: readonly number[],
  performed: boolean,
): Reversal | null {
  const needs: Needs = { log, clock: clock.slice(), f, performed }
  let at = e
  const entry = enclosing(log, e, f)
  if (entry >= 0) at = entry
  while (finishOpenHandlers(needs, e, at)) {
    // Until no more is needed.
  }
  for (let before = beforeOpenHandlers(needs, at); before < at; before = beforeOpenHandlers(needs, at))
    at = before
  const orders: number[][] = []
  for (let cpu = 0; cpu < log.cpus.length; cpu++) {
    const order = executable(needs, cpu, at)
    if (order === null) return null
    orders.push(order)
  }
  const all = orders.flat()
  const initials = orders
    .filter((order) => order.length > 0 && isInitial(needs, order[0]!, at, all))
    .map((order): Event => log.events[order[0]!]!)
    .map(({ frame, move }) => ({ frame, move }))
  return { at, initials }
}

/** The entry of the handler that `e` belongs to, if `f` is something that the handler holds back; else -1. */
function enclosing(log: EventLog, e: number, f: number): number {
  const mine = log.frames[log.events[e]!.frame]!
  const other = log.frames[log.events[f]!.frame]!
  return mine.level > 0 && below(other, mine) ? mine.events[0]! : -1
}
