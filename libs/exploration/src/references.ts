/**
 * When gets and puts of a reference count are independent: while none of them could see zero in another order. Which that is can
 * be said of a schedule as a whole only, so the search takes it for granted, and looks at each schedule that it runs. Where it does
 * not hold for a count, that one is noted as ordered, and the search begins again (docs/decisions/0011-reference-counts.md).
 */
import {
  cellOf,
  kindOf,
  type Machine,
  type OrderedCounts,
  type ReferenceCount,
  WriteKind,
  WRITES,
} from '@bottom-half/kernel-model'
import type { EventLog } from './event_log.ts'

/** The order of the gets and puts of some count turned out to matter: what was explored without it does not count. */
export class OrderMatters extends Error {}

/** Notes the count that the newest event took or put a reference of, if that turns out in another way after nothing but its past. */
export function noteNewest(log: EventLog, machine: Machine, ordered: OrderedCounts): void {
  for (const entry of log.events.at(-1)!.touched) {
    if (kindOf(entry) < WriteKind.Get) continue
    const count = machine.references.find(({ id }) => id === cellOf(entry))!
    if (!isAsAfterItsPast(log, kindOf(entry), count)) ordered.add(count)
  }
}

function isAsAfterItsPast(log: EventLog, kind: number, { id, value }: ReferenceCount): boolean {
  const { clock } = log.events.at(-1)!
  const others = log.touchesOf(id).filter(({ event }) => !log.inClock(event, clock))
  if (kind === WriteKind.LastPut) return others.length === 0
  let then = value
  for (const { entry } of others) then -= kindOf(entry) === WriteKind.Get ? 1 : -1
  return kind === WriteKind.Get ? then > 1 : then > 0
}

/** Notes the counts that a get or put could see at zero in another order. `machine`: at the end of the schedule. */
export function noteCounts(log: EventLog, machine: Machine, ordered: OrderedCounts): void {
  for (const count of machine.references)
    if (!ordered.has(count) && !staysAboveZero(log, count)) ordered.add(count)
}

/**
 * Is the count above zero after each part of the schedule that could come first, up to its last put? It is least after some puts with
 * all that happens before them. By the theorems of Hall and König that is what it began with, less the puts that are left over
 * if as many as possible are each given a get of their own that happens before them.
 */
function staysAboveZero(log: EventLog, { id, value }: ReferenceCount): boolean {
  const gets: number[] = []
  const puts: number[] = []
  let begin = value
  for (const { event, entry } of log.touchesOf(id)) {
    const kind = kindOf(entry)
    if (kind === WriteKind.Get) gets.push(event)
    else if (kind === WriteKind.Put) puts.push(event)
    else if (kind === WriteKind.LastPut) begin++
    else if ((entry & WRITES) !== 0) return false
  }
  begin += puts.length - gets.length
  return puts.length < begin || puts.length - pairs(log, gets, puts) < begin
}

/** How many puts can be given a get each that happens before them: a maximum matching, found by augmenting paths. */
function pairs(log: EventLog, gets: readonly number[], puts: readonly number[]): number {
  const taker = new Map<number, number>()
  const give = (put: number, tried: Set<number>): boolean =>
    gets.some((get) => {
      if (tried.has(get) || !log.inClock(get, log.events[put]!.clock)) return false
      tried.add(get)
      const other = taker.get(get)
      if (other !== undefined && !give(other, tried)) return false
      taker.set(get, put)
      return true
    })
  return puts.filter((put) => give(put, new Set())).length
}
