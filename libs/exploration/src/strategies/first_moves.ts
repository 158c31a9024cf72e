/**
 * Where a schedule leaves the present one, and what can come first there.
 *
 * A schedule is a list of moves of the machine here: what it does not notice (event.ts) is left out of both.
 */
import { type Event, isSilent } from '../event.ts'
import type { EventLog } from '../event_log.ts'
import type { Reversal } from '../reversal.ts'

export interface FirstMoves {
  /** How many moves both schedules have in common, up to the order among CPUs, which is free where nothing conflicts. */
  readonly at: number
  /** The frames that may move first there, one of each CPU at most; null if the present schedule goes on to all of the other one. */
  readonly frames: readonly number[] | null
}

/** A move of the other schedule; `event` is what it was in the present one, null for a move that waited. */
interface Move {
  readonly frame: number
  readonly outcome: number
  readonly event: Event | null
  readonly moved: boolean
}

/** `log`: of the schedule in which the race was found, without the event that is moved if that waited. */
export function firstMoves(log: EventLog, reversal: Reversal): FirstMoves {
  const rest = movesOf(log, reversal)
  const present = log.events.filter(({ outcome }) => !isSilent(outcome))
  let at = 0
  for (; at < present.length; at++) {
    const { frame, cpu, outcome } = present[at]!
    const next = rest.findIndex((move) => log.frames[move.frame]!.cpu === cpu)
    const same =
      next >= 0 && !rest[next]!.moved && rest[next]!.frame === frame && rest[next]!.outcome === outcome
    if (!same) break
    rest.splice(next, 1)
  }
  if (rest.length === 0 || at === present.length) return { at, frames: null }
  return { at, frames: initialsOf(log, rest, reversal.at) }
}

function movesOf(log: EventLog, { actions, f }: Reversal): Move[] {
  const counts = new Map<number, number>()
  const out: Move[] = []
  for (const [i, { id, outcome }] of actions.entries()) {
    const frame = log.frameOf(id)
    const ordinal = counts.get(frame) ?? 0
    counts.set(frame, ordinal + 1)
    const index = log.frames[frame]!.events[ordinal]
    const event = index === undefined ? null : log.events[index]!
    if (!isSilent(outcome)) out.push({ frame, outcome, event, moved: i === f })
  }
  return out
}

/** The first move of each CPU, unless another one has to come before it. */
function initialsOf(log: EventLog, rest: readonly Move[], at: number): number[] {
  const seen = new Set<number>()
  const out: number[] = []
  for (const [i, move] of rest.entries()) {
    const { cpu } = log.frames[move.frame]!
    if (seen.has(cpu)) continue
    seen.add(cpu)
    if (!rest.slice(0, i).some((other) => precedes(other, move, at))) out.push(move.frame)
  }
  return out
}

/** Has `a` to come before `b`? What was kept of the rest of the schedule was kept since the moved event needs it. */
function precedes({ event: a, moved }: Move, { event: b, moved: last }: Move, at: number): boolean {
  if (a === null || moved) return true
  if (last && a.added >= at) return true
  const clock = last ? b?.base : b!.clock
  return (clock?.[a.id] ?? 0) >= a.ordinal
}
