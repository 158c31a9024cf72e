/**
 * The events of the schedule under construction, and happens-before between them as vector clocks over frames.
 *
 * The processes of this happens-before are *frames*, not CPUs: a handler and the code that it interrupted are ordered
 * only by what both touch. Edges:
 *  1. program order within a frame; the step that created a frame before its first event;
 *  2. conflicts: two events that touch one word, at least one writing, in ways that do not commute;
 *  3. a self-IPI has no choice of position: it comes after the event that let it in (the raise, or the end of the mask), and
 *     whatever below it comes after that event comes after all of it;
 *  4. a handler is one block on its CPU: if one of its events comes before an event below it, all of them do;
 *  5. a handler that may have to wait (or that crashed) holds up what it interrupted, so its position among the events below is
 *     observable: its *arrival* at the wait comes after all of them that preceded the handler, and before all that follow;
 *  6. a time-out that comes because nothing else can move comes after all that was before, and before all that follows.
 * Two schedules with the same events and the same edges differ in nothing that the program can notice.
 */
import { cellOf, conflict, type Machine } from '@bottom-half/kernel-model'
import { closeBlocks } from './blocks.ts'
import { joinInto } from './clock.ts'
import {
  ARRIVAL,
  CHOICE,
  type Detached,
  type Event,
  type FrameRecord,
  isSilent,
  type Origin,
} from './event.ts'
import { eventHash } from './fingerprint.ts'
import { recordOf } from './frame_record.ts'
import { hidesEarlier, type Touch } from './touch.ts'

/** Is this event as if it were not there? */
type LeaveOut = (g: number) => boolean

const NEW: Origin = {}
const NONE: readonly number[] = []

export class EventLog {
  readonly events: Event[] = []
  readonly frames: FrameRecord[] = []
  /** By id. */
  readonly names: string[] = []
  private readonly ids = new Map<string, number>()
  private readonly places: number[] = []
  /** Per cell: who touched it, oldest first. */
  private readonly touches: Touch[][] = []
  /** Is there a frame that is no task? */
  hasHandlers = false
  private readonly barriers: number[] = []
  private time = 0
  private low = 0
  private high = 0

  /** Frames that exist after boot or after an event get their records. */
  register(machine: Machine, creator: number): void {
    for (let i = this.frames.length; i < machine.frames.length; i++)
      this.addFrame(recordOf(this, machine.frames[i]!, creator))
    for (const cpu of machine.cpus) {
      for (const { index, immediate, level } of cpu.pending) {
        const record = this.frames[index]!
        if (immediate && record.enabledBy < 0 && cpu.admits(level)) record.enabledBy = creator
      }
    }
  }

  /** The number that stands for a frame's name. */
  idOf(name: string): number {
    const known = this.ids.get(name)
    if (known !== undefined) return known
    this.ids.set(name, this.names.length)
    return this.names.push(name) - 1
  }

  /** Where the default schedule has the next event of a frame, unless that has to wait. */
  keyOf({ events, key }: FrameRecord): readonly number[] {
    return events.length === 0 ? key : this.events[events.at(-1)!]!.key
  }

  /** Who touched the word, oldest first. */
  touchesOf(cell: number): readonly Touch[] {
    return this.touches[cell] ?? []
  }

  /** Which of `frames` has this id; -1 if none. */
  frameOf(id: number): number {
    return this.places[id] ?? -1
  }

  private addFrame(record: FrameRecord): void {
    this.hasHandlers ||= record.level > 0
    this.places[record.id] = this.frames.push(record) - 1
  }

  /** Records the step that the machine has just performed. */
  push(machine: Machine, outcome: number, origin: Origin = NEW): Event {
    const { frame, exited, entered } = machine.event!
    const event = this.add(frame.index, outcome, machine.footprint.touched, exited, entered, origin)
    this.register(machine, this.events.length - 1)
    return event
  }

  /** Records an event for which the machine does nothing: an arrival, or a choice. */
  pushSilent(frame: number, outcome: number, origin: Origin = NEW): Event {
    return this.add(frame, outcome, NONE, false, false, origin)
  }

  /** Records what a frame would do next: for a race with what holds it up. To be truncated at once. */
  pushPending(frame: number, entering: boolean, touched: readonly number[], outcome: number): Event {
    return this.add(frame, outcome, touched, false, entering, NEW)
  }

  private add(
    frame: number,
    outcome: number,
    touched: readonly number[],
    exited: boolean,
    entered: boolean,
    origin: Origin,
  ): Event {
    const { timeout = false, reversed = false, repeated = false, added = this.time } = origin
    this.time = Math.max(this.time, added + 1)
    const record = this.frames[frame]!
    const base = this.baseClock(record, outcome)
    if (timeout) for (const each of this.events) if (each.outcome < CHOICE) joinInto(base, each.clock)
    // What the machine does nothing for has no position in the blocks of handlers above; a choice has none at all.
    const silent = isSilent(outcome)
    if (!silent) closeBlocks(this, frame, entered, base)
    const conflicts = outcome >= CHOICE ? NONE : this.conflictsOf(frame, touched, outcome === ARRIVAL)
    const clock = base.slice()
    if (conflicts.length > 0) {
      for (let i = 0; i < conflicts.length; i++) joinInto(clock, this.events[conflicts[i]!]!.clock)
      if (!silent) closeBlocks(this, frame, entered, clock)
    }
    const { id, cpu, level } = record
    const ordinal = record.events.length + 1
    const key = origin.key ?? this.keyOf(record)
    while (clock.length <= id) clock.push(0)
    clock[id] = ordinal
    const hash = eventHash(this.frames, record, ordinal, outcome, clock)
    const event: Event = {
      frame,
      id,
      cpu,
      level,
      ordinal,
      outcome,
      key,
      touched,
      clock,
      base,
      conflicts,
      exited,
      timeout,
      added,
      reversed,
      repeated,
      hash,
    }
    this.append(event)
    return event
  }

  private append(event: Event): void {
    const record = this.frames[event.frame]!
    const index = this.events.push(event) - 1
    record.events.push(index)
    if (event.timeout) this.barriers.push(index)
    if (event.outcome === ARRIVAL) record.arrived = index
    if (event.exited) record.end = index
    for (let i = 0; i < event.touched.length; i++) {
      const entry = event.touched[i]!
      const cell = cellOf(entry)
      while (this.touches.length <= cell) this.touches.push([])
      this.touches[cell]!.push({ event: index, entry })
    }
    this.low = (this.low + event.hash[0]) | 0
    this.high = (this.high + event.hash[1]) | 0
  }

  /** Forgets the events from `length` on. */
  truncate(length: number): void {
    if (this.events.length <= length) return
    while (this.events.length > length) this.pop()
    while (this.barriers.length > 0 && this.barriers.at(-1)! >= length) this.barriers.pop()
    while (this.frames.length > 0 && this.frames.at(-1)!.creator >= length)
      this.places[this.frames.pop()!.id] = -1
    for (const record of this.frames) if (record.enabledBy >= length) record.enabledBy = -1
  }

  private pop(): void {
    const event = this.events.pop()!
    const index = this.events.length
    const record = this.frames[event.frame]!
    record.events.pop()
    if (event.exited) record.end = -1
    if (record.arrived === index)
      record.arrived = record.events.findLast((i) => this.events[i]!.outcome === ARRIVAL) ?? -1
    for (let i = 0; i < event.touched.length; i++) this.touches[cellOf(event.touched[i]!)]!.pop()
    this.low = (this.low - event.hash[0]) | 0
    this.high = (this.high - event.hash[1]) | 0
  }

  /** Takes the events from `length` on away, to be put back by `attach` when the log is as long again. */
  detach(length: number): Detached {
    const events = this.events.slice(length)
    const frames = this.frames.filter(({ creator }) => creator >= length)
    const enabledBy = this.frames.map((record) => record.enabledBy)
    this.truncate(length)
    return { events, frames, enabledBy }
  }

  attach({ events, frames, enabledBy }: Detached): void {
    for (const record of frames) {
      record.events.length = 0
      record.end = record.arrived = -1
      this.addFrame(record)
    }
    for (const event of events) this.append(event)
    for (let f = 0; f < this.frames.length; f++) this.frames[f]!.enabledBy = enabledBy[f]!
  }

  /** Does event `a` happen before (or equal) what the clock stands for? */
  inClock(a: number, clock: readonly number[]): boolean {
    const event = this.events[a]!
    return event.id < clock.length && clock[event.id]! >= event.ordinal
  }

  /** Edge 1, the first half of 3, and 6. A choice could as well be made after a barrier that comes between it and its step. */
  private baseClock(record: FrameRecord, outcome: number): number[] {
    const previous = record.events.at(-1)
    const clock = previous === undefined ? [] : this.events[previous]!.clock.slice()
    if (previous === undefined)
      for (const cause of [record.creator, record.enabledBy])
        if (cause >= 0) joinInto(clock, this.events[cause]!.clock)
    const barrier = outcome < CHOICE ? this.barriers.at(-1) : undefined
    if (barrier !== undefined) joinInto(clock, this.events[barrier]!.clock)
    return clock
  }

  /**
   * Edges 2 and 5, as the latest events that have an edge to one of this frame; of those that `leaveOut` does not name.
   * `arrival`: of an arrival, which touches nothing.
   */
  conflictsOf(frame: number, touched: readonly number[], arrival: boolean, leaveOut?: LeaveOut): number[] {
    const found: number[] = []
    for (let k = 0; k < touched.length; k++) {
      const entry = touched[k]!
      const list = this.touches[cellOf(entry)]
      if (list === undefined) continue
      for (let i = list.length - 1; i >= 0; i--) {
        const earlier = list[i]!
        if (leaveOut !== undefined && leaveOut(earlier.event)) continue
        if (conflict(earlier.entry, entry)) this.note(found, earlier.event, frame)
        if (hidesEarlier(earlier.entry)) break
      }
    }
    this.positionsOf(frame, arrival, leaveOut, found)
    return found
  }

  private note(found: number[], g: number, frame: number): void {
    if (this.events[g]!.frame !== frame && !found.includes(g)) found.push(g)
  }

  /** Edge 5. */
  private positionsOf(
    frame: number,
    arrival: boolean,
    leaveOut: LeaveOut | undefined,
    found: number[],
  ): void {
    const { cpu, level } = this.frames[frame]!
    for (let other = 0; other < this.frames.length; other++) {
      const record = this.frames[other]!
      if (record.cpu !== cpu || other === frame) continue
      if (arrival ? record.level > level : record.level < level || record.arrived < 0) continue
      const last = record.events.findLast(
        (g) =>
          (arrival ? this.events[g]!.outcome < ARRIVAL : this.events[g]!.outcome === ARRIVAL) &&
          leaveOut?.(g) !== true,
      )
      if (last !== undefined) this.note(found, last, frame)
    }
  }

  /** The fingerprint of the equivalence class of the whole schedule: 53 bits. A choice that nothing followed does not count. */
  classHash(): number {
    let { low, high } = this
    for (const { events } of this.frames) {
      const last = this.events[events.at(-1) ?? -1]
      if (last === undefined || last.outcome < CHOICE) continue
      low = (low - last.hash[0]) | 0
      high = (high - last.hash[1]) | 0
    }
    return (high >>> 11) * 2 ** 32 + (low >>> 0)
  }
}
