/**
 * The events of the schedule under construction, and happens-before between them as vector clocks over frames.
 *
 * The processes of this happens-before are *frames*, not CPUs: a handler and the code that it interrupted are ordered
 * only by what both touch. Edges:
 *  1. program order within a frame; the step that created a frame before its first event;
 *  2. conflicts: two events that touch one word, at least one writing;
 *  3. a self-IPI has no choice of position: it comes after the event that let it in (the raise, or the end of the mask), and
 *     whatever below it comes after that event comes after all of it;
 *  4. a handler is one block on its CPU: if one of its events comes before an event below it, all of them do;
 *  5. a handler that may have to wait (or that crashes) holds up what it interrupted, so its position among the events below is
 *     observable: a waiting step comes after all of them that preceded the handler, and the handler before all that follow.
 * Two schedules with the same events and the same edges differ in nothing that the program can notice.
 */
import { AWAITS, type Frame, Level, type Machine, type Step, WRITES } from '@bottom-half/kernel-model'
import { clockOf, joinInto } from './clock.ts'
import { hashName, mix } from './fingerprint.ts'

/** One performed step. */
export interface Event {
  readonly frame: number
  readonly cpu: number
  readonly level: Level
  /** Position in its frame, from 1. */
  readonly ordinal: number
  readonly move: number
  /** Packed footprint entries: `cell * 4 + bits`. */
  readonly touched: readonly number[]
  /** The words' values before the event, as `touched`. */
  readonly before: readonly unknown[]
  /** clock[f]: how many events of frame f happen before this one, itself included. */
  readonly clock: readonly number[]
  /** The clock without the conflict edges: what must come before in any schedule. */
  readonly base: readonly number[]
  /** Events that conflict with this one, and positions that it depends on (edges 2 and 5). */
  readonly conflicts: readonly number[]
  readonly exited: boolean
  readonly hash: readonly [number, number]
}

/** What is known of a frame at the present end of the schedule. */
export interface FrameRecord {
  readonly events: number[]
  /** The event that created it; -1 for a frame of the boot. */
  readonly creator: number
  readonly cpu: number
  readonly level: Level
  readonly immediate: boolean
  readonly nameHash: number
  /** Its last event, once it is done; else -1. */
  end: number
  /** A self-IPI: the event after which its CPU had to take it; -1 before. */
  enabledBy: number
  /** Its last event that could have had to wait, if it is a handler; else -1. */
  waited: number
}

export class EventLog {
  /** The step of the newest event. Only of that: a step keeps its whole machine alive. */
  newest: Step | null = null
  readonly events: Event[] = []
  readonly frames: FrameRecord[] = []
  /** Per cell: the events that touched it, oldest first, packed as `event * 4 + bits`. */
  private readonly touches: number[][] = []
  /** Per CPU: its events. */
  readonly cpus: number[][] = []

  /** Frames that exist after boot or after an event get their records. */
  register(machine: Machine, creator: number): void {
    for (let i = this.frames.length; i < machine.frames.length; i++) {
      const frame = machine.frames[i]!
      this.frames.push({
        events: [],
        creator,
        cpu: frame.cpu.id,
        level: frame.level,
        immediate: frame.immediate,
        nameHash: hashName(frame.name),
        end: -1,
        enabledBy: -1,
        waited: -1,
      })
    }
    while (this.cpus.length < machine.cpus.length) this.cpus.push([])
    for (const cpu of machine.cpus) {
      for (const { index, immediate, level } of cpu.pending) {
        const record = this.frames[index]!
        if (immediate && record.enabledBy < 0 && cpu.admits(level)) record.enabledBy = creator
      }
    }
  }

  /** Records the step that the machine has just performed. */
  push(machine: Machine, move: number): Event {
    const { frame, step, exited } = machine.event!
    const record = this.frames[frame.index]!
    const touched = machine.footprint.touched.slice()
    const base = this.baseClock(record)
    const holdsUp = frame.state === 'crashed' || (step !== null && step.ready !== null)
    const waits = holdsUp && frame.level > Level.Task
    const entry = machine.event!.entered
    this.closeBlocks(frame.index, entry, base)
    const conflicts = this.conflictsOf(frame, touched, waits)
    const clock = base.slice()
    for (const g of conflicts) joinInto(clock, this.events[g]!.clock)
    this.closeBlocks(frame.index, entry, clock)
    const ordinal = record.events.length + 1
    joinInto(clock, clockOf(frame.index, ordinal))
    const event: Event = {
      frame: frame.index,
      cpu: frame.cpu.id,
      level: frame.level,
      ordinal,
      move,
      touched,
      before: machine.footprint.before.slice(),
      clock,
      base,
      conflicts,
      exited,
      hash: this.hashOf(record, ordinal, move & 15, clock),
    }
    this.newest = step
    this.append(event, record, waits)
    this.register(machine, this.events.length - 1)
    return event
  }

  private append(event: Event, record: FrameRecord, waits: boolean): void {
    const index = this.events.length
    this.events.push(event)
    record.events.push(index)
    this.cpus[event.cpu]!.push(index)
    if (waits) record.waited = index
    if (event.exited) record.end = index
    for (const entry of event.touched) {
      const cell = entry >> 2
      while (this.touches.length <= cell) this.touches.push([])
      this.touches[cell]!.push((index << 2) | (entry & 3))
    }
  }

  /** Records what a frame would do next although it cannot: for a race with what holds it up. To be truncated at once. */
  pushPending(frame: Frame): Event {
    const record = this.frames[frame.index]!
    const clock = this.baseClock(record)
    const event: Event = {
      frame: frame.index,
      cpu: record.cpu,
      level: record.level,
      ordinal: record.events.length + 1,
      move: frame.index << 4,
      touched: [],
      before: [],
      clock,
      base: clock,
      conflicts: [],
      exited: false,
      hash: [0, 0],
    }
    this.newest = frame.next
    this.append(event, record, false)
    return event
  }

  /** Forgets the events from `length` on. */
  truncate(length: number): void {
    while (this.events.length > length) {
      const event = this.events.pop()!
      const record = this.frames[event.frame]!
      record.events.pop()
      this.cpus[event.cpu]!.pop()
      if (event.exited) record.end = -1
      if (record.waited === this.events.length) record.waited = -1
      for (const entry of event.touched) this.touches[entry >> 2]!.pop()
    }
    while (this.frames.length > 0 && this.frames.at(-1)!.creator >= length) this.frames.pop()
    for (const record of this.frames) if (record.enabledBy >= length) record.enabledBy = -1
  }

  /** Does event `a` happen before (or equal) what the clock stands for? */
  inClock(a: number, clock: readonly number[]): boolean {
    const event = this.events[a]!
    return (clock[event.frame] ?? 0) >= event.ordinal
  }

  /** Edge 1, and the first half of 3. */
  private baseClock(record: FrameRecord): number[] {
    const clock: number[] = []
    const previous = record.events.at(-1)
    if (previous !== undefined) joinInto(clock, this.events[previous]!.clock)
    else
      for (const cause of [record.creator, record.enabledBy])
        if (cause >= 0) joinInto(clock, this.events[cause]!.clock)
    return clock
  }

  /** Edges 2 and 5, as the latest events that have an edge to the one under construction. */
  private conflictsOf(frame: Frame, touched: readonly number[], waits: boolean): number[] {
    const found = new Set<number>()
    for (const entry of touched) {
      const list = this.touches[entry >> 2] ?? []
      for (let i = list.length - 1; i >= 0; i--) {
        const wrote = (list[i]! & WRITES) !== 0
        if (wrote || (entry & WRITES) !== 0) found.add(list[i]! >> 2)
        if (wrote) break
      }
    }
    for (const other of this.frames.keys()) {
      const record = this.frames[other]!
      if (record.cpu !== frame.cpu.id || other === frame.index) continue
      const last = record.events.at(-1)
      if (waits && record.level <= frame.level && last !== undefined) found.add(last)
      if (record.level >= frame.level && record.waited >= 0) found.add(record.waited)
    }
    return [...found].filter((g) => this.events[g]!.frame !== frame.index)
  }

  /**
   * Edges 3 and 4: a handler of which one event is in the clock, or the event that forced it, is in it as a whole.
   * The entry of another handler can still slip in between what forces a self-IPI and the IPI's own entry.
   */
  closeBlocks(frame: number, entry: boolean, clock: number[]): void {
    const { cpu, level } = this.frames[frame]!
    for (let again = true; again;) {
      again = false
      for (let h = 0; h < this.frames.length; h++) {
        const record = this.frames[h]!
        if (
          h === frame ||
          record.cpu !== cpu ||
          record.level < Math.max(level, Level.Softirq) ||
          record.end < 0
        )
          continue
        const known = clock[h] ?? 0
        const forced =
          !entry && record.level > level && record.enabledBy >= 0 && this.inClock(record.enabledBy, clock)
        if ((known === 0 && !forced) || known === record.events.length) continue
        joinInto(clock, this.events[record.end]!.clock)
        again = true
      }
    }
  }

  private hashOf(
    record: FrameRecord,
    ordinal: number,
    outcome: number,
    clock: readonly number[],
  ): [number, number] {
    let low = 0
    let high = 0
    for (let f = 0; f < clock.length; f++) {
      if (clock[f] === 0) continue
      const name = this.frames[f]!.nameHash
      low = (low + mix(name, clock[f]!, 0x9e3779b1)) | 0
      high = (high + mix(name, clock[f]!, 0x85ebca6b)) | 0
    }
    const own = mix(record.nameHash, ordinal * 16 + outcome, 0xc2b2ae35)
    return [mix(own, low, 0x27d4eb2f), mix(own, high, 0x165667b1)]
  }

  /** Events that touched the cell before event `index`, newest first, packed as `event * 4 + bits`. */
  *touchesBefore(cell: number, index: number): Generator<number> {
    const list = this.touches[cell] ?? []
    for (let i = list.length - 1; i >= 0; i--) if (list[i]! >> 2 < index) yield list[i]!
  }

  /** Does the entry of `touched` say that the event could not have come with another value? */
  static awaits(entry: number): boolean {
    return (entry & AWAITS) !== 0
  }

  /** The fingerprint of the equivalence class of the whole schedule. */
  classHash(): string {
    let low = 0
    let high = 0
    for (const event of this.events) {
      low = (low + event.hash[0]) | 0
      high = (high + event.hash[1]) | 0
    }
    return `${low >>> 0}:${high >>> 0}`
  }
}
