/** A machine and the log of what it did. */
import type { CellIds, Machine, OrderedCounts } from '@bottom-half/kernel-model'
import { ARRIVAL, type Event, isSilent, type Origin } from './event.ts'
import { EventLog } from './event_log.ts'
import type { Program } from './program.ts'
import { noteCounts, noteNewest, OrderMatters } from './references.ts'

export class Runner {
  readonly log = new EventLog()
  /** The machine of the present schedule. */
  machine: Machine
  /** Steps of all machines so far. */
  steps = 0
  /** What all its machines have in common: the ids of words. */
  readonly cellIds: CellIds
  private readonly ordered: OrderedCounts
  private readonly program: Program

  constructor(program: Program, cellIds: CellIds, ordered: OrderedCounts) {
    this.program = program
    this.cellIds = cellIds
    this.ordered = ordered
    this.machine = this.boot()
    this.log.register(this.machine, -1)
  }

  private boot(): Machine {
    const machine = this.program.boot({ tracing: false })
    machine.cellIds = this.cellIds
    machine.orderedCounts = this.ordered
    return machine
  }

  /** Boots a machine that takes the first `length` events again, of which everything is known. */
  replay(length: number): void {
    const machine = this.boot()
    machine.footprint.recording = false
    const { events } = this.log
    for (let i = 0; i < length; i++) {
      const { frame, outcome } = events[i]!
      if (outcome < ARRIVAL) machine.perform((frame << 4) | outcome)
    }
    machine.footprint.recording = true
    this.steps += machine.steps
    this.machine = machine
  }

  /** Adds an event to the schedule. Throws OrderMatters. */
  record(frame: number, outcome: number, origin: Origin): Event {
    const { log, machine, ordered } = this
    if (isSilent(outcome)) return log.pushSilent(frame, outcome, origin)
    const before = ordered.size
    machine.perform((frame << 4) | outcome)
    this.steps++
    const event = log.push(machine, outcome, origin)
    if (machine.references.length > 0) noteNewest(log, machine, ordered)
    if (ordered.size > before) throw new OrderMatters()
    return event
  }

  /** At the end of a schedule. Throws OrderMatters. */
  checkOrder(): void {
    const before = this.ordered.size
    noteCounts(this.log, this.machine, this.ordered)
    if (this.ordered.size > before) throw new OrderMatters()
  }

  /** Can the machine take this step now? */
  canTake(frame: number, outcome: number): boolean {
    if (frame < 0) return false
    return isSilent(outcome) || this.machine.moves().includes((frame << 4) | outcome)
  }

  /** The schedule as moves of the machine. */
  schedule(): number[] {
    const out: number[] = []
    for (const { frame, outcome } of this.log.events) if (!isSilent(outcome)) out.push((frame << 4) | outcome)
    return out
  }
}
