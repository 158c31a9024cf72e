/** Which reversals an event, or a frame that waits, asks for. */
import type { Machine } from '@bottom-half/kernel-model'
import { conflicting, indexesOf } from './branch.ts'
import { type Event, isSame, type PlainEvent } from './event.ts'
import type { EventLog } from './event_log.ts'
import { demand, type Racer, racer } from './racer.ts'
import type { Reversal } from './reversal.ts'
import { type Known, reversalsOf } from './reverse.ts'
import { awaiting, chosenOf, waitsFor } from './waits.ts'

/** What a moved event turned out to be, and which of the events that it was moved before it conflicts with. */
export interface Turned {
  readonly f: PlainEvent
  readonly from: readonly PlainEvent[]
  readonly followers: readonly PlainEvent[]
}

/** The reversals of the event at `f` with `reversed`. */
export function demandReversal(
  log: EventLog,
  owner: Racer,
  f: number,
  reversed: readonly number[],
  known: Known = {},
): void {
  for (const reversal of reversalsOf(log, f, reversed, known)) demand(owner, reversal)
}

/** The races of the event at `f` with what it conflicts with. `before`: a reversal of it that these add to. */
export function demandRaces(log: EventLog, f: number, owner: Racer, before?: Reversal): void {
  for (const e of log.events[f]!.conflicts) {
    // What was moved itself is never taken away.
    if (!log.events[e]!.reversed) demandReversal(log, owner, f, [e], { before })
  }
}

/** The events that keep a frame from its next step. */
export function heldBy(log: EventLog, machine: Machine, frame: number, outcome: number): readonly number[] {
  const waiting = machine.frames[frame]!
  const words = awaiting(waitsFor(machine, waiting))
  const { conflicts } = log.pushPending(frame, waiting.state === 'pending', words, outcome)
  log.truncate(log.events.length - 1)
  return conflicts
}

/** The races of a frame that waits with what it waits for. */
export function demandWait(
  log: EventLog,
  machine: Machine,
  frame: number,
  owner: Racer,
  held: readonly number[],
  before?: Reversal,
): void {
  const f = log.events.length
  log.pushPending(frame, machine.frames[frame]!.state === 'pending', [], owner.f.outcome)
  for (const e of held)
    if (!log.events[e]!.reversed) demandReversal(log, owner, f, [e], { before, all: true })
  log.truncate(f)
}

/** At rest: what waits in vain could have come earlier. */
export function demandWaits(log: EventLog, machine: Machine): Racer[] {
  const out: Racer[] = []
  for (let f = 0; f < log.frames.length; f++) {
    const frame = machine.frames[f]!
    if (frame.state === 'done' || frame.state === 'crashed') continue
    const outcomes = frame.next?.outcomes ?? 1
    const chosen = chosenOf(log, f)
    for (let outcome = 0; outcome < outcomes; outcome++) {
      if (chosen >= 0 && outcome !== chosen) continue
      const owner = racer({ id: log.frames[frame.index]!.id, outcome }, null)
      demandWait(log, machine, f, owner, heldBy(log, machine, f, outcome))
      if (owner.todo.length > 0) out.push(owner)
    }
  }
  return out
}

/** The event may touch something else where it is moved to, and need what the reversal takes away: so keep all that can be kept. */
export function demandMore(log: EventLog, owner: Racer, { asked, followers }: Reversal): void {
  const f = log.events.length
  const frame = log.frameOf(owner.f.id)
  const { level, events } = log.frames[frame]!
  log.pushPending(frame, level > 0 && events.length === 0, [], owner.f.outcome)
  demandReversal(log, owner, f, indexesOf(log, asked), { all: true, followers })
  log.truncate(f)
}

/** The reversal for what the event turned out to touch. What it does not conflict with any more has no reason to follow it. */
export function demandTurned(log: EventLog, owner: Racer, { f, from, followers: all }: Turned): void {
  if (from.length === 0) return
  const length = log.events.length
  const followers = all.some((g) => from.some((e) => isSame(e, g))) ? all : []
  log.pushPending(log.frameOf(f.id), f.level > 0 && f.ordinal === 1, f.touched, f.outcome)
  demandReversal(log, owner, length, indexesOf(log, from), { followers })
  log.truncate(length)
}

/** Were events taken away that `f` conflicts with now, though it was not to come before them? */
function meetsOthers(before: readonly Event[], { counts }: Reversal, { f, from }: Turned): boolean {
  return before.some(
    (y) =>
      y.ordinal > (counts[y.id] ?? 0) &&
      !from.some(({ id, ordinal }) => (y.clock[id] ?? 0) >= ordinal) &&
      conflicting(f, y),
  )
}

/** What a reversal that was run as it was meant to be leads to once it is left, in the schedule that it was made from. */
export function turnsTo(
  log: EventLog,
  before: readonly Event[],
  reversal: Reversal,
  { f, from, followers, index }: Turned & { readonly index: number },
): readonly Turned[] {
  if (reversal.ended.length === 0)
    return meetsOthers(before, reversal, { f, from, followers }) ? [{ f, from, followers }] : []
  // What was run in place may not have to come there if more is taken away.
  const more = log.events[index]!.conflicts.map((e) => log.events[e]!).filter(
    ({ reversed, added }) => !reversed && added < reversal.at,
  )
  return [from, ...more.map((e) => [...from, e])].map((each) => ({ f, from: each, followers }))
}
