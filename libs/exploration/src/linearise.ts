/**
 * Puts a set of events into an order that stacks of frames can execute: what interrupted a frame has to finish before the
 * frame moves again, so a handler of which the set holds only a part can only be the last thing on its CPU.
 */
import { type Event, type FrameRecord, isSilent } from './event.ts'
import type { EventLog } from './event_log.ts'

interface Part {
  readonly log: EventLog
  /** The event that is moved, and the clock of what it needs. */
  readonly f: number
  readonly clock: readonly number[]
  /** Kept events that come behind `f` nevertheless. */
  readonly followers: readonly number[]
  /** Handlers that are ended in place once `f` was performed, before what they would hold back. */
  readonly ended: readonly number[]
}

/** Handlers that are due or entered, and not over, once the kept events were performed. */
function unfinished(log: EventLog, keeps: (index: number) => boolean): FrameRecord[] {
  return log.frames.filter((h) => {
    if (h.level === 0 || (h.end >= 0 && keeps(h.end))) return false
    return (h.enabledBy >= 0 && keeps(h.enabledBy)) || (h.events.length > 0 && keeps(h.events[0]!))
  })
}

/** The event after which a handler holds back what is below it. */
function startOf(h: FrameRecord, keeps: (index: number) => boolean): number {
  const due = h.enabledBy >= 0 && keeps(h.enabledBy) ? h.enabledBy : Infinity
  return Math.min(due, h.events.length > 0 && keeps(h.events[0]!) ? h.events[0]! : Infinity)
}

/** What in an order is held back by an earlier event, which leaves a handler open or due above it. */
interface Obstruction {
  readonly by: number
  readonly held: readonly number[]
}

/** The first obstruction of the order; null: stacks can execute it. */
function obstructionOf({ log, f, ended }: Part, order: readonly number[]): Obstruction | null {
  let first = order.length
  let held: readonly number[] = []
  const look = (start: number, h: FrameRecord, isHeld: (event: Event) => boolean): void => {
    const at = order.indexOf(start)
    if (at < 0 || at >= first) return
    const last = ended.includes(log.frameOf(h.id)) ? f : h.end
    const end = last < 0 ? -1 : order.indexOf(last)
    const others = order.slice(at + 1, end < 0 ? order.length : end).filter((i) => {
      const event = log.events[i]!
      return event.cpu === h.cpu && event.id !== h.id && !isSilent(event.outcome) && isHeld(event)
    })
    if (others.length === 0) return
    first = at
    held = others
  }
  for (const h of log.frames) {
    if (h.level === 0) continue
    if (h.events.length > 0) look(h.events[0]!, h, ({ level }) => level <= h.level)
    // Another handler may still come in before a self-IPI that is due.
    if (h.enabledBy >= 0)
      look(h.enabledBy, h, ({ level, ordinal }) => level < h.level && (level === 0 || ordinal > 1))
  }
  return held.length === 0 ? null : { by: order[first]!, held }
}

/** All of the order that comes because of an event, itself included. The order is one that keeps happens-before. */
function dueTo({ log, f, clock, followers }: Part, order: readonly number[], cause: number): Set<number> {
  const late = new Set<number>()
  /** By id of a frame: the first of its events that is late. */
  const from: number[] = []
  for (const i of order) {
    const event = log.events[i]!
    const past = i === f ? clock : event.clock
    const follows = late.has(f) && followers.includes(i)
    if (i !== cause && !follows && !from.some((ordinal, id) => (past[id] ?? 0) >= ordinal)) continue
    late.add(i)
    from[event.id] ??= event.ordinal
  }
  return late
}

/** What leaves a handler open goes behind what that holds back, and all that comes because of it too. Null if something needs it to go first. */
function executable(part: Part, events: readonly number[]): readonly number[] | null {
  let order = events
  for (let tries = order.length; tries >= 0; tries--) {
    const obstruction = obstructionOf(part, order)
    if (obstruction === null) return order
    const late = dueTo(part, order, obstruction.by)
    if (obstruction.held.some((j) => late.has(j))) return null
    order = [...order.filter((i) => !late.has(i)), ...order.filter((i) => late.has(i))]
  }
  return null
}

/** Does a handler hold an event back, if these are done? */
function isHeldBack(
  { log, f, ended }: Part,
  done: ReadonlySet<number>,
  { cpu, id, level, ordinal, outcome }: Event,
): boolean {
  if (isSilent(outcome)) return false
  return log.frames.some((h, n) => {
    if (h.level === 0 || h.cpu !== cpu || h.id === id || (h.end >= 0 && done.has(h.end))) return false
    if (ended.includes(n) && done.has(f)) return false
    if (h.events.length > 0 && done.has(h.events[0]!)) return level <= h.level
    return h.enabledBy >= 0 && done.has(h.enabledBy) && level < h.level && (level === 0 || ordinal > 1)
  })
}

/** Any order that stacks can execute, `f` late rather than early; null if there is none. Each set of events is gone on from once. */
function searched(part: Part, events: readonly number[]): readonly number[] | null {
  const { log, f, clock, followers } = part
  const order: number[] = []
  const done = new Set<number>()
  const vain = new Set<string>()
  const canBeNext = (i: number): boolean => {
    const past = i === f ? clock : log.events[i]!.clock
    if (events.some((j) => j !== i && !done.has(j) && log.inClock(j, past))) return false
    return (done.has(f) || !followers.includes(i)) && !isHeldBack(part, done, log.events[i]!)
  }
  const goOn = (): boolean => {
    if (order.length === events.length) return true
    const key = events.map((i) => (done.has(i) ? '1' : '0')).join('')
    if (vain.has(key)) return false
    for (const i of events) {
      if (done.has(i) || !canBeNext(i)) continue
      done.add(i)
      order.push(i)
      if (goOn()) return true
      order.pop()
      done.delete(i)
    }
    vain.add(key)
    return false
  }
  return goOn() ? order : null
}

/** From which event on the order may change: the first that is not kept, or the start of a handler that stays open. */
function cutOf(log: EventLog, keeps: (index: number) => boolean, f: number): number {
  let cut = log.events.length
  for (let i = log.events.length - 1; i >= 0; i--) if (i !== f && !keeps(i)) cut = i
  for (const h of unfinished(log, keeps)) cut = Math.min(cut, startOf(h, keeps))
  // A handler that is split by the cut is moved as a whole, with what made it due.
  for (let again = true; again;) {
    again = false
    for (const h of log.frames) {
      const start = h.level === 0 ? Infinity : startOf(h, keeps)
      if (start >= cut || (h.end >= 0 && h.end < cut)) continue
      cut = start
      again = true
    }
  }
  return cut
}

/** The first event behind `f` that this handler would hold back; -1 if there is none. */
function heldBehind({ log, f }: Part, order: readonly number[], handler: number): number {
  const { cpu, level, events } = log.frames[handler]!
  const start = order.indexOf(events[0]!)
  if (start < 0) return -1
  const place = order.indexOf(f)
  return order.findIndex((i, at) => {
    const other = log.events[i]!
    if (at <= Math.max(start, place) || other.frame === handler || isSilent(other.outcome)) return false
    return other.cpu === cpu && other.level <= level
  })
}

/** Puts before the end of the handlers that are ended in place what need not come after it. Null if one of them holds nothing back. */
function endedLate(part: Part, order: readonly number[]): readonly number[] | null {
  if (part.ended.length === 0) return order
  const held = part.ended.map((h) => heldBehind(part, order, h))
  if (held.includes(-1)) return null
  const late = dueTo(part, order, order[Math.min(...held)]!)
  const later = [...order.filter((i) => !late.has(i)), ...order.filter((i) => late.has(i))]
  return obstructionOf(part, later) === null ? later : order
}

/**
 * @param clock of what `f` needs, which is to be as late as it can
 * @param followers what is kept, but has to come behind `f`
 * @param ended handlers that are ended in place behind `f`
 * @returns null if no order of the kept events is possible, or it is without one of these handlers ended
 */
export function linearise(
  log: EventLog,
  keeps: (index: number) => boolean,
  f: number,
  clock: readonly number[],
  followers: readonly number[] = [],
  ended: readonly number[] = [],
): number[] | null {
  const stays = followers.length === 0 ? keeps : (i: number) => keeps(i) && !followers.includes(i)
  const out: number[] = []
  const handlers = log.frames.some((h) => h.level > 0 && (h.events.length > 0 || h.enabledBy >= 0))
  const cut = handlers ? cutOf(log, stays, f) : log.events.length
  for (let i = 0; i < cut; i++) if (i !== f && stays(i)) out.push(i)
  if (!handlers) {
    out.push(f, ...followers)
    return out
  }
  const behind = [...log.events.keys()].filter((i) => i >= cut && i !== f && stays(i))
  const part: Part = { log, f, clock, followers, ended }
  const all = [...behind, f, ...followers]
  const order = executable(part, all) ?? searched(part, all)
  const last = order === null ? null : endedLate(part, order)
  return last === null ? null : [...out, ...last]
}
