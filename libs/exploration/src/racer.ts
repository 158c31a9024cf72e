/** What could have come earlier than it did, and what is still to be tried of that. */
import { type Action, CHOICE, isSame, type PlainEvent } from './event.ts'
import type { Reversal } from './reversal.ts'

type Kept = Pick<Reversal, 'counts' | 'followers'>

/** What tells the reversals of an event apart. */
export interface Seen extends Kept, Pick<Reversal, 'behind' | 'ended'> {
  /** Was it run as it was meant to be? Else the event may conflict with what was kept behind it, and have to come after that. */
  done: boolean
}

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

/** Is the same kept, and has the same to follow? Then they are the same, if the event conflicts with nothing that is behind it. */
function keepSame({ f }: Racer, a: Kept, b: Kept): boolean {
  return areCountsSame(a.counts, b.counts, f.id) && haveSame(a.followers, b.followers)
}

/** Adds a reversal, unless there has been the same one. */
export function demand(owner: Racer, reversal: Reversal | null): void {
  if (reversal === null) return
  const { counts, behind, followers, ended } = reversal
  if (
    owner.seen.some(
      (other) =>
        keepSame(owner, reversal, other) &&
        (other.done || (isEqual(behind, other.behind) && isEqual(ended, other.ended))),
    )
  )
    return
  owner.seen.push({ counts, behind, followers, ended, done: false })
  owner.todo.push(reversal)
}

/** The next reversal to be run; undefined if there is none. */
export function takeNext(owner: Racer): Reversal | undefined {
  for (;;) {
    const reversal = owner.todo.pop()
    if (reversal === undefined || !owner.seen.some((other) => other.done && keepSame(owner, reversal, other)))
      return reversal
  }
}

/** The reversal was run as it was meant to be. */
export function noteDone(owner: Racer, reversal: Reversal): void {
  for (const other of owner.seen) if (keepSame(owner, reversal, other)) other.done = true
}

/** Of the frame of `f`, whatever was kept was before it; a choice that it made on the way does not matter. */
function areCountsSame(a: readonly number[], b: readonly number[], f: number): boolean {
  for (let id = Math.max(a.length, b.length) - 1; id >= 0; id--)
    if (id !== f && (a[id] ?? 0) !== (b[id] ?? 0)) return false
  return true
}

export function isEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i])
}

function haveSame(a: readonly PlainEvent[], b: readonly PlainEvent[]): boolean {
  return a.length === b.length && a.every((each) => b.some((other) => isSame(each, other)))
}
