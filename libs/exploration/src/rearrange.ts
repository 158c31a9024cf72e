/** Runs the schedule of a reversal, and says whether it is what it was meant to be. */
import { LabBug } from '@bottom-half/kernel-model'
import { conflicting } from './branch.ts'
import { heldBy, type Turned } from './demands.ts'
import { type Action, ARRIVAL, CHOICE, type Event, type PlainEvent } from './event.ts'
import type { EventLog } from './event_log.ts'
import { nextKey } from './order.ts'
import type { Reversal } from './reversal.ts'
import type { Runner } from './runner.ts'
import { arriving, waysOf } from './waits.ts'

/** How a reversal went. */
export type Rearranged =
  | ({ readonly is: 'done'; readonly f: Event; readonly index: number } & Turned)
  /** `f` cannot be performed there. `held`: what keeps it from that. */
  | { readonly is: 'waiting'; readonly frame: number; readonly held: readonly number[] }
  /** There `f` conflicts with other events than it was moved for. */
  | ({ readonly is: 'changed'; readonly met: readonly Event[] } & Turned)

function find(events: readonly Event[], id: number, ordinal: number): Event | undefined {
  return events.find((event) => event.id === id && event.ordinal === ordinal)
}

/**
 * Takes the actions of the reversal from `cut` on; the log has the first `cut` of them.
 * @param before the events of the schedule in which the race was found
 */
export function rearrange(
  runner: Runner,
  outcome: number,
  reversal: Reversal,
  before: readonly Event[],
  cut: number,
): Rearranged {
  const { log } = runner
  const { actions, followers } = reversal
  let done: Rearranged | null = null
  for (let i = cut; i < actions.length; i++) {
    const action = actions[i]!
    const frame = log.frameOf(action.id)
    if (i === reversal.f) {
      done = moved(runner, frame, outcome, reversal, before)
      if (done.is === 'changed') return done
    } else if (i > reversal.f && reversal.ended.length > 0 && !endAbove(runner, actions.slice(i))) {
      return { is: 'waiting', frame, held: [] }
    } else if (i > reversal.f && follows(log, frame, followers)) {
      if (!runner.canTake(frame, action.outcome)) return { is: 'waiting', frame, held: [] }
      const key = nextKey(log, runner.machine, runner.machine.frames[frame]!)
      runner.record(frame, action.outcome, { reversed: true, key })
    } else {
      const old = find(before, action.id, (log.frames[frame]?.events.length ?? 0) + 1)
      // What waited in vain had not chosen yet.
      const chooses = old === undefined && action.outcome >= CHOICE
      const isPossible = (old !== undefined || chooses) && runner.canTake(frame, action.outcome)
      // Followers that do not end their handler here as they did there hold up what is below it.
      if (!isPossible && i > reversal.f && followers.length > 0) return { is: 'waiting', frame, held: [] }
      if (!isPossible) throw new LabBug('an event that a reversal keeps cannot be performed')
      runner.record(frame, action.outcome, old ?? {})
    }
  }
  return done!
}

/** Runs the rest of the handlers that hold back the first of `actions`, as the default schedule would. False if they do so still. */
function endAbove(runner: Runner, actions: readonly Action[]): boolean {
  const { log, machine } = runner
  const { id, outcome } = actions[0]!
  const frame = log.frameOf(id)
  while (!runner.canTake(frame, outcome)) {
    const top = machine.frames[frame]!.cpu.stack.at(-1)
    if (top === undefined || waysOf(log, top) > 0) return false
    // What is kept of a handler comes where it is kept.
    if (actions.some((action) => action.id === log.frames[top.index]!.id)) return false
    if (arriving(log, machine) === top.index) runner.record(top.index, ARRIVAL, {})
    else if (runner.canTake(top.index, 0)) runner.record(top.index, 0, { key: nextKey(log, machine, top) })
    else return false
  }
  return true
}

function moved(
  runner: Runner,
  frame: number,
  outcome: number,
  reversal: Reversal,
  before: readonly Event[],
): Rearranged {
  const { log, machine } = runner
  const { followers } = reversal
  // With followers: what it waits for comes after them.
  if (!runner.canTake(frame, outcome)) {
    const held = followers.length > 0 ? [] : heldBy(log, machine, frame, outcome)
    return { is: 'waiting', frame, held }
  }
  if (waysOf(log, machine.frames[frame]!) > 0) runner.record(frame, CHOICE + outcome, {})
  const f = runner.record(frame, outcome, {
    reversed: true,
    key: nextKey(log, machine, machine.frames[frame]!),
  })
  const from = reversal.from.filter((e) => conflicting(f, e))
  const first = from.some(({ added }) => added === reversal.at)
  const met = keptBehind(log, reversal, before).filter((e) => conflicting(f, e))
  if (met.length > 0 || !first) return { is: 'changed', f, from, followers, met }
  return { is: 'done', f, index: log.events.length - 1, from, followers }
}

/** What the reversal keeps and has to put behind `f`, since it leaves handlers open. */
function keptBehind(log: EventLog, { actions, f, followers }: Reversal, before: readonly Event[]): Event[] {
  if (f === actions.length - 1) return []
  const counts = new Map(log.frames.map(({ id, events }) => [id, events.length]))
  return actions.slice(f + 1).flatMap(({ id }) => {
    const ordinal = (counts.get(id) ?? 0) + 1
    counts.set(id, ordinal)
    return followers.some((e) => e.id === id && e.ordinal === ordinal) ? [] : find(before, id, ordinal)!
  })
}

/** Is the next event of the frame one of these? */
function follows(log: EventLog, frame: number, followers: readonly PlainEvent[]): boolean {
  if (followers.length === 0) return false
  const { id, events } = log.frames[frame]!
  return followers.some((e) => e.id === id && e.ordinal === events.length + 1)
}
