/** What could have come earlier than it did, and what is still to be tried of that. */
import { type Action, CHOICE, isSame, type PlainEvent } from './event.ts'
import type { Reversal } from './reversal.ts'

/** What tells the reversals of an event apart. */
export type Seen = Pick<Reversal, 'counts' | 'followers'>

/** An event, with the reversals of its races that are still to be run. */
export interface Racer {
  readonly f: Action
  /** `f` where the default schedule has it; null if it waited in vain, and never came. */
  readonly was: PlainEvent | null
  readonly todo: Reversal[]
  /** Which reversals there have been. */
  readonly seen: Seen[]
}

/** Other ways in which the schedule can go on at one point: how a step turns out, which of several waits times out first. */
export interface Alternatives {
  readonly actions: Action[]
  readonly timeout: boolean
}

/** What is left to try at one point of a schedule. */
export type Task = Racer | Alternatives

export function racer(f: Action, was: PlainEvent | null): Racer {
  return { f, was, todo: [], seen: [] }
}

/** All ways in which the next step of a frame can turn out, but the first. */
export function otherWays(id: number, ways: number): Alternatives {
  const actions = Array.from({ length: ways - 1 }, (_, i): Action => ({ id, outcome: CHOICE + 1 + i }))
  return { actions, timeout: false }
}

/** Adds a reversal, unless there has been one that keeps the same. */
export function demand({ f, todo, seen }: Racer, reversal: Reversal | null): void {
  if (reversal === null) return
  const { counts, followers } = reversal
  const isSeen = (other: Seen): boolean =>
    keepSame(counts, other.counts, f.id) && haveSame(followers, other.followers)
  if (seen.some(isSeen)) return
  seen.push({ counts, followers })
  todo.push(reversal)
}

/** Of the frame of `f`, whatever was kept was before it; a choice that it made on the way does not matter. */
function keepSame(a: readonly number[], b: readonly number[], f: number): boolean {
  for (let id = Math.max(a.length, b.length) - 1; id >= 0; id--)
    if (id !== f && (a[id] ?? 0) !== (b[id] ?? 0)) return false
  return true
}

function haveSame(a: readonly PlainEvent[], b: readonly PlainEvent[]): boolean {
  return a.length === b.length && a.every((each) => b.some((other) => isSame(each, other)))
}
