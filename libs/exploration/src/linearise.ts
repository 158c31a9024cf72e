/**
 * Puts a set of events into an order that stacks of frames can execute: what interrupted a frame has to finish before the
 * frame moves again, so a handler of which the set holds only a part can only be the last thing on its CPU.
 */
import { type FrameRecord, isSilent } from './event.ts'
import type { EventLog } from './event_log.ts'

interface Part {
  readonly log: EventLog
  readonly keeps: (index: number) => boolean
  /** The event that is moved, and the clock of what it needs. */
  readonly f: number
  readonly clock: readonly number[]
  /** Kept events that come behind `f` nevertheless. */
  readonly followers: readonly number[]
  readonly cut: number
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

/** In this order, does event `index` leave a handler open, or due, above `later`? */
function obstructs({ log }: Part, order: readonly number[], index: number, later: number): boolean {
  const own = log.events[index]!
  const other = log.events[later]!
  if (isSilent(other.outcome)) return false
  return log.frames.some((h, frame) => {
    if (h.level === 0 || frame === other.frame) return false
    const entry = other.level > 0 && other.ordinal === 1
    const above =
      own.frame === frame ? other.level <= h.level : h.enabledBy === index && !entry && other.level < h.level
    return (
      above &&
      h.cpu === other.cpu &&
      !(h.end >= 0 && order.includes(h.end) && order.indexOf(h.end) < order.indexOf(later))
    )
  })
}

/**
 * The kept events of a CPU from `cut` on: what leaves a handler open goes behind what that holds back, and all that depends on it
 * too, handlers as a whole. Null if something needs it to go first.
 */
function orderOf(part: Part, cpu: number): number[] | null {
  const { log, keeps, f, clock, followers, cut } = part
  const past = (i: number): readonly number[] => (i === f ? clock : log.events[i]!.clock)
  const own = log.cpus[cpu]!.filter((i) => (i >= cut || i === f) && keeps(i))
  let order = [...own.filter((i) => !followers.includes(i)), ...own.filter((i) => followers.includes(i))]
  for (let tries = order.length; tries >= 0; tries--) {
    const from = order.find((i, at) => order.some((j, to) => to > at && obstructs(part, order, i, j)))
    if (from === undefined) return order
    const held = order.filter(
      (j) => order.indexOf(j) > order.indexOf(from) && obstructs(part, order, from, j),
    )
    const late = new Set<number>()
    const add = (i: number): void => {
      const { frame, level } = log.events[i]!
      for (const j of order) if (j === i || (level > 0 && log.events[j]!.frame === frame)) late.add(j)
    }
    add(from)
    for (let size = 0; size < late.size;) {
      size = late.size
      for (const j of order) if (!late.has(j) && [...late].some((i) => log.inClock(i, past(j)))) add(j)
    }
    if (held.some((j) => late.has(j))) return null
    order = [...order.filter((i) => !late.has(i)), ...order.filter((i) => late.has(i))]
  }
  return null
}

/** The orders of the CPUs as one that keeps happens-before; null if there is none. */
function merge({ log, f, clock, followers }: Part, orders: number[][]): number[] | null {
  const out: number[] = []
  const open = new Set(orders.flat())
  const ready = (i: number): boolean => {
    if (open.has(f) && followers.includes(i)) return false
    const past = i === f ? clock : log.events[i]!.clock
    for (const other of open) if (other !== i && other !== f && log.inClock(other, past)) return false
    return true
  }
  let late = true
  while (open.size > 0) {
    const before = out.length
    for (const order of orders) {
      while (order.length > 0 && ready(order[0]!) && !(late && order[0] === f)) {
        open.delete(order[0]!)
        out.push(order.shift()!)
      }
    }
    if (out.length > before) continue
    if (!late) return null
    late = false
  }
  return out
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

/**
 * @param clock of what `f` needs, which is to be as late as it can
 * @param followers what is kept, but has to come behind `f`
 * @returns null if no order of the kept events is possible
 */
export function linearise(
  log: EventLog,
  keeps: (index: number) => boolean,
  f: number,
  clock: readonly number[],
  followers: readonly number[] = [],
): number[] | null {
  const stays = followers.length === 0 ? keeps : (i: number) => keeps(i) && !followers.includes(i)
  const out: number[] = []
  const handlers = log.frames.some((h) => h.level > 0 && (h.events.length > 0 || h.enabledBy >= 0))
  const cut = handlers ? cutOf(log, stays, f) : log.events.length
  for (let i = 0; i < cut; i++) if (i !== f && stays(i)) out.push(i)
  if (!handlers) return [...out, f, ...followers]
  const part: Part = { log, keeps, f, clock, followers, cut }
  const orders: number[][] = []
  for (let cpu = 0; cpu < log.cpus.length; cpu++) {
    const order = orderOf(part, cpu)
    if (order === null) return null
    orders.push(order)
  }
  const order = merge(part, orders)
  return order === null ? null : [...out, ...order]
}
