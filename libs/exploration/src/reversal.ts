/**
 * Reverses races: what is kept of the schedule if `f` is to come before some earlier events?
 *
 * As in TruSt (Kokologiannakis, Marmanis, Gladstein, Vafeiadis, POPL'22) and POP (Abdulla, Atig, Das, Jonsson, Sagonas,
 * CAV'24) what is kept is all that was added before the first of the reversed events, and of the rest only what `f` needs.
 */
import { closeNeeds, joinNeedsAfter } from './blocks.ts'
import { indexesOf } from './branch.ts'
import { joinInto } from './clock.ts'
import { type Action, ARRIVAL, CHOICE, type Event, isSame, isSilent, type PlainEvent } from './event.ts'
import type { EventLog } from './event_log.ts'
import { linearise } from './linearise.ts'

/** A schedule to be run: `actions`, of which the one at `f` is the event that is moved. */
export interface Reversal {
  /** What was added at or after this time is kept only if it is needed. */
  readonly at: number
  readonly actions: readonly Action[]
  readonly f: number
  /** By frame id: how many of its events are kept. What is kept has its past with it, so that this says which they are. */
  readonly counts: readonly number[]
  /** The frames of what is kept and comes behind `f`, since it leaves handlers open, once for each event, in order of their ids. */
  readonly behind: readonly number[]
  /** What `f` is to come before. */
  readonly from: readonly PlainEvent[]
  /** Those of them that were asked for: before the others it has to come only because of what it touches where it is. */
  readonly asked: readonly PlainEvent[]
  /** What had been moved before, and has to follow `f` at once (followers.ts). */
  readonly followers: readonly PlainEvent[]
  /** Is all kept that need not come after `f`? */
  readonly all: boolean
}

const NONE: readonly number[] = []

/** What a reversal of an event has that others of it add to. */
type Begun = Pick<Reversal, 'at' | 'from' | 'asked' | 'followers'>

const NOTHING: Begun = { at: Infinity, from: [], asked: [], followers: [] }

/** Is one of the events of `from` in the past of `index`, or is it that event? */
function after(log: EventLog, from: readonly number[], index: number): boolean {
  const { clock } = log.events[index]!
  for (let i = 0; i < from.length; i++) if (from[i]! <= index && log.inClock(from[i]!, clock)) return true
  return false
}

/**
 * What holds `f` back for good if `f` comes before `from`: handlers above `f` of which something comes after it, or that never
 * end. Gives their entries, and what makes a self-IPI due. Nothing holds back what the machine does nothing for.
 */
function blocksOf(log: EventLog, f: number, from: readonly number[]): number[] {
  const { frame, level, cpu, outcome } = log.events[f]!
  if (isSilent(outcome)) return []
  const entry = isEntry(log, f)
  const held: number[] = []
  for (let i = 0; i < log.frames.length; i++) {
    const h = log.frames[i]!
    if (h.level === 0 || i === frame || h.cpu !== cpu || h.level < level) continue
    if (h.end >= 0 && !after(log, from, h.end)) continue
    if (h.events.length > 0) held.push(h.events[0]!)
    if (h.enabledBy >= 0 && h.level > level && !entry) held.push(h.enabledBy)
  }
  return held
}

function isEntry(log: EventLog, f: number): boolean {
  const { level, ordinal } = log.events[f]!
  return level > 0 && ordinal === 1
}

/**
 * The clock of what `f` needs if it comes before all of `from`. A handler that holds `f` back and of which something comes after
 * `f` comes after it as a whole: what `f` would need of it, or because of it, is added to `from`. Null if that cannot be.
 * `all`: what `f` touches is not known yet, so it may need all that need not come after it.
 */
function pastWithout(
  log: EventLog,
  f: number,
  from: number[],
  before: number,
  all: boolean,
): number[] | null {
  const { frame, level, base, touched, outcome } = log.events[f]!
  let at = before
  const keeps = (g: number): boolean => g !== f && log.events[g]!.added < at
  let held: readonly number[] = []
  const isBehind = (g: number): boolean => held.some((e) => log.inClock(e, log.events[g]!.clock))
  const couldKeep = (g: number): boolean => keeps(g) || (all && g < f && !after(log, from, g) && !isBehind(g))
  const needsOne = (g: number, of: readonly number[]): boolean => {
    const needs = log.events[g]!.clock.slice()
    closeNeeds(log, log.events[f]!, couldKeep, () => false, needs)
    return of.some((e) => log.inClock(e, needs))
  }
  for (;;) {
    for (const e of from) at = Math.min(at, log.events[e]!.added)
    held = blocksOf(log, f, from)
    // Two handlers of one level exclude each other: the entry of one comes before that of the other.
    if (isEntry(log, f))
      for (const e of held)
        if (log.events[e]!.level === level && e !== f && !after(log, from, e)) from.push(e)
    const leaveOut = (g: number): boolean => g >= f || after(log, from, g)
    const conflicts = all
      ? [...log.events.keys()].filter((g) => g < f && !leaveOut(g) && !needsOne(g, held))
      : log.conflictsOf(frame, touched, outcome === ARRIVAL, leaveOut)
    const clock = base.slice()
    for (const g of conflicts) joinInto(clock, log.events[g]!.clock)
    closeNeeds(log, log.events[f]!, keeps, isBehind, clock)
    const late = held.filter((e) => log.inClock(e, clock))
    if (late.length === 0) return from.some((e) => log.inClock(e, clock)) ? null : clock
    const because = conflicts.filter((g) => needsOne(g, late))
    if (because.length === 0) return null
    from.push(...because)
  }
}

/** What is kept behind `f` comes after what that needs too: so it may need the rest of a handler. False if that cannot be kept. */
function keepWhatBehindNeeds(
  log: EventLog,
  f: number,
  from: readonly number[],
  clock: readonly number[],
  keeps: (index: number) => boolean,
  needs: number[],
): boolean {
  const held = blocksOf(log, f, from)
  if (held.length === 0) return true
  for (let again = true; again;) {
    again = false
    const kept = [...log.events.keys()].filter((i) => i !== f && keeps(i))
    for (const i of kept) {
      const { clock: own } = log.events[i]!
      if (!held.some((e) => log.inClock(e, own))) continue
      const past: number[] = []
      joinNeedsAfter(log, i, clock, past)
      for (let j = 0; j < log.events.length; j++) {
        if (keeps(j) || !log.inClock(j, past)) continue
        if (after(log, from, j)) return false
        joinInto(needs, log.events[j]!.clock)
        again = true
      }
    }
  }
  return true
}

/** What else is known of the event that is moved. */
export interface Known {
  /** A reversal of it that this one adds to. */
  readonly before?: Begun | undefined
  /** What it touches is not known yet, so all is kept that need not come after it. */
  readonly all?: boolean | undefined
  /** What else had been moved before, and has to follow it. */
  readonly followers?: readonly PlainEvent[] | undefined
}

function union(a: readonly PlainEvent[], b: readonly PlainEvent[]): PlainEvent[] {
  return [...a, ...b.filter((each) => !a.some((other) => isSame(each, other)))]
}

/**
 * Moves the event `f` before all of `reversed`.
 * @returns null if no schedule has `f` before all of `reversed` and the rest of its past as it was
 */
export function reverse(
  log: EventLog,
  f: number,
  reversed: readonly number[],
  { before = NOTHING, all = false, followers: others = [] }: Known = {},
): Reversal | null {
  const from = [...reversed]
  const clock = pastWithout(log, f, from, before.at, all)
  if (clock === null) return null
  const behind = others.length === 0 ? before.followers : union(before.followers, others)
  const followers = behind.length === 0 ? NONE : indexesOf(log, behind).sort((a, b) => a - b)
  let { at } = before
  for (const e of from) at = Math.min(at, log.events[e]!.added)
  const behindNeeds: number[] = []
  const keeps = (i: number): boolean =>
    i === f ||
    log.events[i]!.added < at ||
    log.inClock(i, clock) ||
    log.inClock(i, behindNeeds) ||
    followers.includes(i)
  if (!keepWhatBehindNeeds(log, f, from, clock, keeps, behindNeeds)) return null
  const lacks = (e: number): boolean =>
    log.events.some((_, i) => !keeps(i) && log.inClock(i, log.events[e]!.clock))
  if (followers.some(lacks)) return null
  const line = linearise(log, keeps, f, clock, followers)
  if (line === null) return null
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
  return {
    at,
    actions,
    f: place,
    counts,
    behind:
      place === actions.length - 1
        ? NONE
        : actions
            .slice(place + 1)
            .map(({ id }) => id)
            .sort((a, b) => a - b),
    all,
    from: [...before.from, ...reversals],
    asked: [...before.asked, ...reversals.slice(0, reversed.length)],
    followers: behind,
  }
}

/** Only what the default schedule added may be taken away, in the first way that it could turn out; what follows is put back. */
export function mayTakeAway(events: readonly Event[], { counts, followers }: Reversal): boolean {
  for (const event of events) {
    if (event.ordinal <= (counts[event.id] ?? 0) || (!event.reversed && event.outcome <= CHOICE)) continue
    if (!followers.some((follower) => isSame(follower, event))) return false
  }
  return true
}

/** The first event that the reversal takes away. */
export function firstTaken(events: readonly Event[], { counts }: Reversal): Event | null {
  let first: Event | null = null
  for (const event of events)
    if (event.ordinal > (counts[event.id] ?? 0) && (first === null || event.added < first.added))
      first = event
  return first
}

/** How many of the events stay where they are. */
export function commonPrefix(events: readonly Event[], { actions, f }: Reversal): number {
  let cut = 0
  while (cut < events.length && cut < f) {
    const event = events[cut]!
    const action = actions[cut]!
    if (event.id !== action.id || event.outcome !== action.outcome) break
    cut++
  }
  return cut
}
