/** Finds the races that end in the newest event: pairs whose order another schedule reverses. */
import { type Frame, Level, type Machine, WRITES } from '@bottom-half/kernel-model'
import { Block } from './block.ts'
import { joinInto } from './clock.ts'
import { type Event, EventLog } from './event_log.ts'
import { type Reversal, reverse } from './reversal.ts'

/** All reversals that the newest event asks for. */
export function racesOf(log: EventLog): Reversal[] {
  const f = log.events.length - 1
  const event = log.events[f]!
  const out: Reversal[] = []
  const waited = event.touched.filter((entry) => EventLog.awaits(entry))
  for (const e of event.conflicts) {
    if (waited.some((entry) => wrote(log, e, entry >> 2))) continue
    const block = new Block(log, e, event)
    const clock = clockWithout(log, event, (g) => block.has(g))
    if (!log.inClock(e, clock)) add(out, reverse(log, e, f, clock, true))
  }
  if (waited.length > 0)
    reverseWait(
      log,
      f,
      waited.map((entry) => entry >> 2),
      out,
    )
  return out
}

function add(out: Reversal[], reversal: Reversal | null): void {
  if (reversal !== null) out.push(reversal)
}

function touches(log: EventLog, index: number, cell: number): boolean {
  return log.events[index]!.touched.some((entry) => entry >> 2 === cell)
}

function wrote(log: EventLog, index: number, cell: number): boolean {
  return log.events[index]!.touched.some((entry) => entry >> 2 === cell && (entry & 1) !== 0)
}

/** What the newest event needs, but for the conflicts that are left out; what they hid behind them counts then. */
function clockWithout(log: EventLog, event: Event, leaveOut: (g: number) => boolean): number[] {
  const clock = event.base.slice()
  for (const g of event.conflicts) if (!leaveOut(g)) joinInto(clock, log.events[g]!.clock)
  for (const entry of event.touched) {
    for (const packed of log.touchesBefore(entry >> 2, log.events.length - 1)) {
      const g = packed >> 2
      if (((packed | entry) & WRITES) === 0 || leaveOut(g)) continue
      joinInto(clock, log.events[g]!.clock)
      if ((packed & WRITES) !== 0) break
    }
  }
  close(log, event, clock)
  return clock
}

function close(log: EventLog, event: Event, clock: number[]): void {
  log.closeBlocks(event.frame, event.level > 0 && event.ordinal === 1, clock)
}

/** The events that wrote the cell before event `index`, newest first. */
function writesBefore(log: EventLog, cell: number, index: number): number[] {
  return [...log.touchesBefore(cell, index)]
    .filter((packed) => (packed & WRITES) !== 0)
    .map((packed) => packed >> 2)
}

/**
 * A wait races not with the write that ended it, before which it was disabled, but with each earlier write before
 * which it could have been performed: all that was written since then is left out of its past.
 */
function reverseWait(log: EventLog, f: number, cells: readonly number[], out: Reversal[]): void {
  const event = log.events[f]!
  const writes = cells.map((cell) => writesBefore(log, cell, f))
  const candidates = [...new Set(writes.flat())].sort((a, b) => b - a)
  for (const e of candidates) {
    if (log.inClock(e, event.base)) continue
    if (!cells.some((cell, i) => writes[i]!.includes(e) && couldRunBefore(log, event, e, cell))) continue
    const block = new Block(log, e, event)
    const clock = clockWithout(log, event, (g) => cells.some((cell) => touches(log, g, cell)) || block.has(g))
    // What makes the wait possible without `e` is needed, wherever the search goes back to.
    for (const list of writes) {
      const enabler = list.find((g) => g !== e && !block.has(g) && !log.inClock(e, log.events[g]!.clock))
      if (enabler !== undefined) joinInto(clock, log.events[enabler]!.clock)
    }
    close(log, event, clock)
    if (!log.inClock(e, clock)) add(out, reverse(log, e, f, clock, true))
  }
}

/** The value that the event found in the cell, or would have. */
function found(event: Event, cell: number, now: unknown): unknown {
  const at = event.touched.findIndex((entry) => entry >> 2 === cell)
  return at < 0 ? now : event.before[at]
}

/**
 * The values that a word may have had for the event before `e`: the one that it had then, and, if something that does not
 * depend on `e` wrote it since, also the one that the event found.
 */
function valuesBefore(
  log: EventLog,
  event: Event,
  e: number,
  word: { id: number; value: unknown },
): unknown[] {
  const since = writesBefore(log, word.id, log.events.length - 1).filter((w) => w >= e)
  const first = since.at(-1)
  const now = found(event, word.id, word.value)
  if (first === undefined) return [now]
  const then = found(log.events[first]!, word.id, null)
  return since.every((w) => w === e || log.inClock(e, log.events[w]!.clock)) ? [then] : [then, now]
}

/** Was the wait enabled before `e`? Says yes where the words do not tell. */
function couldRunBefore(log: EventLog, event: Event, e: number, cell: number): boolean {
  const ready = log.newest?.ready ?? null
  const awaits = log.newest?.awaits ?? []
  if (ready === null || !awaits.some((w) => w.id === cell)) return found(log.events[e]!, cell, null) !== true
  const kept = awaits.map((word) => word.value)
  const possible = (i: number): boolean => {
    const word = awaits[i]
    if (word === undefined) return ready()
    return valuesBefore(log, event, e, word).some((value) => {
      word.value = value
      return possible(i + 1)
    })
  }
  const could = possible(0)
  for (const [i, word] of awaits.entries()) word.value = kept[i]
  return could
}

/**
 * A handler that comes to a wait holds up what it interrupted while it waits: the entry of the handler races with
 * the last event of each frame below, whether or not the wait is ever over.
 */
export function racesOfPendingWait(log: EventLog, frame: number): Reversal[] {
  const record = log.frames[frame]!
  const f = log.events.length - 1
  const clock = log.events[f]!.clock
  const out: Reversal[] = []
  for (const other of log.frames) {
    const e = other.events.at(-1)
    if (other === record || other.cpu !== record.cpu || other.level > record.level || e === undefined)
      continue
    if (!log.inClock(e, clock)) add(out, reverse(log, e, f, clock, true))
  }
  return out
}

/** The words that a frame waits for, which nothing has given it so far. */
function waitsFor(frame: Frame): number[] {
  const cpu = frame.cpu
  if (frame.state === 'pending') return frame.level === Level.Nmi ? [] : [cpu.mask.id]
  if (frame.state !== 'active' || frame.next === null) return []
  const shared = frame.level === Level.Task && cpu.tasks.length > 1 && !cpu.schedulable(frame)
  const cells = shared ? [cpu.preemption.id] : []
  if (frame.next.ready !== null && !frame.next.ready())
    cells.push(...frame.next.awaits.map((cell) => cell.id))
  return cells
}

/**
 * At rest: what waits in vain might have been served earlier. Its wait is no event of this schedule, so its races with
 * the writes that hold it up have to be found here.
 */
export function racesAtRest(log: EventLog, machine: Machine): Reversal[] {
  const out: Reversal[] = []
  for (const frame of machine.frames.slice(0, log.frames.length)) {
    const cells = waitsFor(frame)
    if (cells.length === 0) continue
    log.pushPending(frame)
    const f = log.events.length - 1
    reverseWait(log, f, cells, out)
    log.truncate(f)
  }
  return out
}
