/** What could have come earlier than it did, and what is still to be tried of that. */
import type { Action } from './event.ts'
import type { Reversal } from './reversal.ts'

/** An event, with the reversals of its races that are still to be run. */
export interface Racer {
  readonly f: Action
  /** True if `f` waited in vain, and never came. */
  readonly rest: boolean
  readonly todo: Reversal[]
  /** Which reversals there have been, by what they keep. */
  readonly seen: string[]
}

/** Other ways in which the schedule can go on at one point: how a step turns out, which of several waits times out first. */
export interface Alternatives {
  readonly actions: Action[]
  readonly timeout: boolean
}

/** What is left to try at one point of a schedule. */
export type Task = Racer | Alternatives

export function racer(f: Action, rest: boolean): Racer {
  return { f, rest, todo: [], seen: [] }
}

/** Adds a reversal, unless there has been one that keeps the same. */
export function demand({ f, todo, seen }: Racer, reversal: Reversal | null): void {
  if (reversal === null) return
  // Of its own frame, whatever was kept was before it; a choice that it made on the way does not matter.
  const key = reversal.counts
    .map((count, id) => (id === f.id ? 0 : count))
    .join()
    .replace(/(?:,0)+$/, '')
  if (seen.includes(key)) return
  seen.push(key)
  todo.push(reversal)
}
