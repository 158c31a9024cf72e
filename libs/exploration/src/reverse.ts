/** Reverses races: in which ways can `f` come before some earlier events? */
import { Level } from '@bottom-half/kernel-model'
import { indexesOf } from './branch.ts'
import { type Action, type Event, type FrameRecord, isSame, isSilent, type PlainEvent } from './event.ts'
import type { EventLog } from './event_log.ts'
import { linearise } from './linearise.ts'
import { pastWithout } from './past.ts'
import { isEqual } from './racer.ts'
import type { Reversal } from './reversal.ts'

const NONE: readonly number[] = []

/** What a reversal of an event has that others of it add to. */
type Begun = Pick<Reversal, 'at' | 'from' | 'asked' | 'followers'>

const NOTHING: Begun = { at: Infinity, from: [], asked: [], followers: [] }

/** What else is known of the event that is moved. */
export interface Known {
  /** A reversal of it that this one adds to. */
  readonly before?: Begun | undefined
  /** What it touches is not known yet, so all is kept that need not come after it. */
  readonly all?: boolean | undefined
  /** What else had been moved before, and has to follow it. */
  readonly followers?: readonly PlainEvent[] | undefined
}

/** What is asked for: that `f` comes before all of `reversed`. */
interface Wish {
  readonly log: EventLog
  readonly f: number
  readonly reversed: readonly number[]
  readonly known: Known
}

/**
 * Moves the event `f` before all of `reversed`, and keeps the rest of its past as it was. Where only a part of a handler is kept, what is
 * kept below it came before it; or it comes after it, and the rest of the handler is run in place, as no schedule so far has it. Each of
 * these is a way.
 * @returns none if no schedule is like that
 */
export function reversalsOf(
  log: EventLog,
  f: number,
  reversed: readonly number[],
  known: Known = {},
): Reversal[] {
  const wish = { log, f, reversed, known }
  const out: Reversal[] = []
  // Handlers that are ended in place, by their index.
  const sets: (readonly number[])[] = [NONE]
  for (const ended of sets) {
    const { reversal, partial } = wayOf(wish, ended)
    if (reversal !== null) out.unshift(reversal)
    for (const h of partial) {
      const more = [...ended, h].sort((a, b) => a - b)
      if (!ended.includes(h) && !sets.some((each) => isEqual(each, more))) sets.push(more)
    }
  }
  return out
}

/** The way in which no handler is ended in place; null if there is none. */
export function reverse(
  log: EventLog,
  f: number,
  reversed: readonly number[],
  known: Known = {},
): Reversal | null {
  return wayOf({ log, f, reversed, known }, NONE).reversal
}

/** The way in which these handlers are ended in place, and the handlers of which it keeps a part. */
function wayOf(
  { log, f, reversed, known }: Wish,
  ended: readonly number[],
): { reversal: Reversal | null; partial: readonly number[] } {
  const { before = NOTHING, all = false, followers: others = [] } = known
  const from = [...reversed]
  const clock = pastWithout(log, f, from, before.at, all, ended)
  let { at } = before
  for (const e of clock === null ? reversed : from) at = Math.min(at, log.events[e]!.added)
  const behind = others.length === 0 ? before.followers : union(before.followers, others)
  const followers = behind.length === 0 ? NONE : indexesOf(log, behind).sort((a, b) => a - b)
  const keeps = (i: number): boolean =>
    i === f || log.events[i]!.added < at || (clock !== null && log.inClock(i, clock)) || followers.includes(i)
  const partial = partialOf(log, f, keeps)
  const none = { reversal: null, partial }
  if (clock === null || lacksPast(log, f, keeps, followers)) return none
  const line = linearise(log, keeps, f, clock, followers, ended)
  if (line === null) return none
  const counts: number[] = log.names.map(() => 0)
  const actions: Action[] = []
  let place = -1
  for (const i of line) {
    const { id, outcome } = log.events[i]!
    if (i === f) place = actions.length
    else if (!followers.includes(i)) counts[id]!++
    actions.push({ id, outcome })
  }
  const reversals = from.map((e) => log.events[e]!)
  const reversal = {
    at,
    actions,
    f: place,
    counts,
    behind: idsBehind(actions, place),
    all,
    ended: ended.map((h) => log.frames[h]!.id).sort((a, b) => a - b),
    from: [...before.from, ...reversals],
    asked: [...before.asked, ...reversals.slice(0, reversed.length)],
    followers: behind,
  }
  return { reversal, partial }
}

function union(a: readonly PlainEvent[], b: readonly PlainEvent[]): PlainEvent[] {
  return [...a, ...b.filter((each) => !a.some((other) => isSame(each, other)))]
}

function idsBehind(actions: readonly Action[], f: number): readonly number[] {
  if (f === actions.length - 1) return NONE
  return actions
    .slice(f + 1)
    .map(({ id }) => id)
    .sort((a, b) => a - b)
}

/** The handlers of which a part is kept, and something below. */
function partialOf(log: EventLog, f: number, keeps: (index: number) => boolean): readonly number[] {
  if (!log.hasHandlers) return NONE
  const isPartial = ({ cpu, level, events, end }: FrameRecord, h: number): boolean => {
    if (level === Level.Task || h === log.events[f]!.frame) return false
    if (!events.some(keeps) || (end >= 0 && keeps(end))) return false
    const isBelow = (e: Event): boolean => e.cpu === cpu && e.level <= level && e.frame !== h
    return log.events.some((e, i) => isBelow(e) && !isSilent(e.outcome) && keeps(i))
  }
  return [...log.frames.keys()].filter((h) => isPartial(log.frames[h]!, h))
}

/** Is something kept without all that comes before it: a follower, or what the rest of a handler was run in place for? */
function lacksPast(
  log: EventLog,
  f: number,
  keeps: (index: number) => boolean,
  followers: readonly number[],
): boolean {
  if (!log.hasHandlers && followers.length === 0) return false
  const taken = [...log.events.keys()].filter((i) => !keeps(i))
  const lacks = (i: number): boolean => taken.some((j) => log.inClock(j, log.events[i]!.clock))
  const others = log.hasHandlers ? [...log.events.keys()].filter((i) => i !== f && keeps(i)) : followers
  return others.some(lacks)
}
