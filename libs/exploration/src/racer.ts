/** What could have come earlier than it did, and what is still to be tried of that. */
import { type Action, CHOICE, type PlainEvent } from './event.ts'
import type { Reversal } from './reversal.ts'

/** An event, with the reversals of its races that are still to be run. */
export interface Racer {
  readonly f: Action
  /** `f` where the default schedule has it; null if it waited in vain, and never came. */
  readonly was: PlainEvent | null
  /** What had been moved before, and has to follow `f` at once (followers.ts). */
  readonly followers: readonly PlainEvent[]
  readonly todo: Reversal[]
  /** Which reversals there have been: their `counts`. */
  readonly seen: (readonly number[])[]
}

/** Other ways in which the schedule can go on at one point: how a step turns out, which of several waits times out first. */
export interface Alternatives {
  readonly actions: Action[]
  readonly timeout: boolean
}

/** What is left to try at one point of a schedule. */
export type Task = Racer | Alternatives

export function racer(f: Action, was: PlainEvent | null, followers: readonly PlainEvent[] = []): Racer {
  return { f, was, followers, todo: [], seen: [] }
}

/** All ways in which the next step of a frame can turn out, but the first. */
export function otherWays(id: number, ways: number): Alternatives {
  const actions = Array.from({ length: ways - 1 }, (_, i): Action => ({ id, outcome: CHOICE + 1 + i }))
  return { actions, timeout: false }
}

/** Adds a reversal, unless there has been one that keeps the same. */
export function demand({ f, todo, seen }: Racer, reversal: Reversal | null): void {
  if (reversal === null) return
  const { counts } = reversal
  if (seen.some((other) => keepSame(counts, other, f.id))) return
  seen.push(counts)
  todo.push(reversal)
}

/** Of the frame of `f`, whatever was kept was before it; a choice that it made on the way does not matter. */
function keepSame(a: readonly number[], b: readonly number[], f: number): boolean {
  for (let id = Math.max(a.length, b.length) - 1; id >= 0; id--)
    if (id !== f && (a[id] ?? 0) !== (b[id] ?? 0)) return false
  return true
}
