/** Of one schedule: which step comes directly after which other one in happens-before (event_log.ts), and why. */
import { Cell, cellOf, conflict, Level, type Machine } from '@bottom-half/kernel-model'
import { type Event, isSilent } from './event.ts'
import type { EventLog } from './event_log.ts'
import { LogFollower } from './log_follower.ts'

/** Why a step comes after another one in every schedule of the class. */
export type Cause =
  /** Both are of one frame. */
  | 'program order'
  /** Both touch one word, at least one of them writing. */
  | 'conflict'
  /** The step made the frame: it raised the handler, or started the task. */
  | 'creates'
  /** The step ended what kept the handler out. */
  | 'lets in'
  /** The handler has begun before, so it is over before: what it interrupted waits, and so does another handler of its level. */
  | 'returns'
  /** One of the two is a wait in a handler, which holds up whatever is below it. */
  | 'holds up'
  /** Nothing could move any more, and this is what happens then: a time-out, or what the scenario does. */
  | 'rest'

export interface Edge {
  readonly from: number
  readonly cause: Cause
  /** The word of a conflict, where it has a name. */
  readonly word: string | null
}

/** To be told of each step of a schedule, from the first on. */
export class Causes {
  private readonly follower = new LogFollower()
  private readonly names = new Map<number, string>()
  /** Frames that something else than a step added, after boot. */
  private readonly atRest = new Set<number>()
  /** By step its event; by event its step, or -1 if the machine does nothing for it. */
  private readonly eventOf: number[] = []
  private readonly stepOf: number[] = []

  /** Before each step, after the moves were asked for. */
  before(machine: Machine, move: number): void {
    const { frames, events } = this.log
    if (events.length > 0)
      for (let frame = frames.length; frame < machine.frames.length; frame++) this.atRest.add(frame)
    this.follower.before(machine, move)
  }

  /** After each step. */
  after(machine: Machine, move: number): void {
    this.follower.after(machine, move)
    const { events } = this.log
    for (let e = this.stepOf.length; e < events.length; e++) {
      const silent = isSilent(events[e]!.outcome)
      this.stepOf.push(silent ? -1 : this.eventOf.length)
      if (!silent) this.eventOf.push(e)
    }
    this.learnNames(machine)
  }

  get steps(): number {
    return this.eventOf.length
  }

  private get log(): EventLog {
    return this.follower.log
  }

  private learnNames(machine: Machine): void {
    const { frame, step } = machine.event!
    const { cpu } = frame
    const cells = [step?.cell, step?.cell?.owner?.life, ...(step?.awaits ?? []), cpu.mask, cpu.preemption]
    for (const cell of [...cells, cpu.current, frame.rcuReader, frame.traceReader])
      if (cell instanceof Cell) this.names.set(cell.id, cell.name)
  }

  /** The edges that end in a step: what made its frame, then conflicts, then those within its frame, the latest first. */
  into(step: number): Edge[] {
    const index = this.eventOf[step]!
    const event = this.log.events[index]!
    const { events } = this.log.frames[event.frame]!
    const earlier = events.filter((from) => from < index && this.stepOf[from]! >= 0)
    const out: Edge[] = earlier.length === 0 ? this.beginning(event.frame, step) : []
    const first = earlier.at(-1) ?? -1
    for (const at of events) if (at > first && at <= index) out.push(...this.conflictsOf(at))
    out.push(...this.returning(event, index), ...this.atTimeout(index))
    for (const from of earlier.toReversed()) out.push(this.edge(from, 'program order'))
    return out
  }

  private edge(from: number, cause: Cause): Edge {
    return { from: this.stepOf[from]!, cause, word: null }
  }

  private beginning(frame: number, step: number): Edge[] {
    const { creator, enabledBy } = this.log.frames[frame]!
    if (this.atRest.has(frame)) {
      const before = Math.min(creator < 0 ? 0 : this.stepsUpTo(creator), step)
      return Array.from({ length: before }, (_, from) => ({ from, cause: 'rest', word: null }))
    }
    const out: Edge[] = creator < 0 ? [] : [this.edge(creator, 'creates')]
    if (enabledBy >= 0 && enabledBy !== creator) out.push(this.edge(enabledBy, 'lets in'))
    return out
  }

  /** How many steps there are up to an event. */
  private stepsUpTo(event: number): number {
    return this.eventOf.filter((e) => e <= event).length
  }

  /** The conflicts of an event, each as the steps that stand for it. */
  private conflictsOf(index: number): Edge[] {
    return this.log.events[index]!.conflicts.flatMap((from) => {
      if (this.stepOf[from]! < 0 || this.stepOf[index]! < 0) return this.heldUp(from)
      return [this.conflict(from, index)]
    })
  }

  /** An arrival is no step: the last step of its frame before it stands for it, and what that has to come after. */
  private heldUp(from: number): Edge[] {
    if (this.stepOf[from]! >= 0) return [this.edge(from, 'holds up')]
    const { frame, conflicts } = this.log.events[from]!
    const last = this.log.frames[frame]!.events.findLast((e) => e < from && this.stepOf[e]! >= 0)
    const own = last === undefined ? [] : [this.edge(last, 'holds up')]
    return [...own, ...conflicts.flatMap((e) => this.heldUp(e))]
  }

  private returning(event: Event, index: number): Edge[] {
    const out: Edge[] = []
    for (const [h, handler] of this.log.frames.entries()) {
      const apart = h !== event.frame && handler.cpu === event.cpu
      const over = apart && handler.level >= Math.max(event.level, Level.Softirq) && handler.end >= 0
      if (over && handler.end < index && this.log.inClock(handler.end, event.clock))
        out.push(this.edge(handler.end, 'returns'))
    }
    return out
  }

  /** A time-out since nothing else could move comes after all that was before, and before all that follows. */
  private atTimeout(index: number): Edge[] {
    const { events } = this.log
    const since = events.slice(0, index).findLastIndex(({ timeout }) => timeout)
    const out = since < 0 ? [] : [this.edge(since, 'rest')]
    if (events[index]!.timeout)
      for (let e = index - 1; e > since; e--) if (this.stepOf[e]! >= 0) out.push(this.edge(e, 'rest'))
    return out
  }

  private conflict(from: number, to: number): Edge {
    const [a, b] = [this.log.events[from]!, this.log.events[to]!]
    const words = b.touched
      .filter((entry) => a.touched.some((other) => conflict(other, entry)))
      .map((entry) => cellOf(entry))
    if (words.length === 0) return this.edge(from, 'holds up')
    const named = words.map((word) => this.names.get(word)).find((name) => name !== undefined)
    return { ...this.edge(from, 'conflict'), word: named ?? null }
  }
}
