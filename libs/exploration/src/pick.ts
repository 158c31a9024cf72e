/** Which event the default schedule takes next. */
import type { Machine } from '@bottom-half/kernel-model'
import type { Asleep } from './asleep.ts'
import type { EventLog } from './event_log.ts'
import { isBefore, nextKey } from './order.ts'
import { chosenOf } from './waits.ts'

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
  if (frame < 0) return null
  const chosen = chosenOf(log, frame)
  return { frame, outcome: chosen < 0 ? first : chosen, key }
}
