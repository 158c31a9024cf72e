/** Which event the default schedule takes next. */
import type { Machine } from '@bottom-half/kernel-model'
import type { Asleep } from './asleep.ts'
import { CHOICE } from './event.ts'
import type { EventLog } from './event_log.ts'
import { isBefore, nextKey } from './order.ts'

/** A move of the machine, and the place of its event in the default order. */
export interface Pick {
  readonly frame: number
  readonly outcome: number
  readonly key: readonly number[]
}

function ordinalOf(log: EventLog, frame: number): number {
  return log.frames[frame]!.events.length + 1
}

function sleeps(log: EventLog, frame: number, asleep: Asleep): boolean {
  const { id } = log.frames[frame]!
  return asleep.has(id, ordinalOf(log, frame))
}

/** How the frame's next step turns out: as was chosen, or in the first way there is. */
function outcomeOf(log: EventLog, frame: number, first: number): number {
  const last = log.frames[frame]!.events.at(-1)
  const outcome = last === undefined ? 0 : log.events[last]!.outcome
  return outcome >= CHOICE ? outcome - CHOICE : first
}

/** What the next step of a frame touches in the first way, if a later one was chosen. */
export function firstWayOf(log: EventLog, frame: number): readonly number[] | null {
  const last = log.frames[frame]!.events.at(-1)
  if (last === undefined) return null
  const { outcome, firstWay } = log.events[last]!
  return outcome >= CHOICE ? firstWay : null
}

/** The first in the default order of the `count` moves that there are; null if all of them sleep. */
export function pick(
  log: EventLog,
  machine: Machine,
  moves: readonly number[],
  count: number,
  asleep: Asleep,
): Pick | null {
  let frame = -1
  let key: readonly number[] = []
  let first = 0
  let last = -1
  for (let i = 0; i < count; i++) {
    const other = moves[i]! >> 4
    if (other === last) continue
    last = other
    if (sleeps(log, other, asleep)) continue
    const otherKey = nextKey(log, machine, machine.frames[other]!)
    if (frame >= 0 && !isBefore(otherKey, ordinalOf(log, other), key, ordinalOf(log, frame))) continue
    frame = other
    key = otherKey
    first = moves[i]! & 15
  }
  return frame < 0 ? null : { frame, outcome: outcomeOf(log, frame, first), key }
}
