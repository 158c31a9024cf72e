/** Keeps the event log of a schedule that someone else runs, step by step. */
import type { Machine } from '@bottom-half/kernel-model'
import { ARRIVAL, CHOICE, type Event } from './event.ts'
import { EventLog } from './event_log.ts'
import { arriving, timesOut, waysOf } from './waits.ts'

/** To be told of each step of one schedule, from the first on, before and after the machine performs it. */
export class LogFollower {
  readonly log = new EventLog()
  private timeout = false

  /** Before the step, after the moves were asked for: what came since by itself, and what is decided before the step. */
  before(machine: Machine, move: number): void {
    const { log } = this
    // A stage after quiescence adds frames when the moves are asked for.
    log.register(machine, log.events.length - 1)
    const frame = machine.frames[move >> 4]!
    this.timeout = timesOut(machine, move)
    if (waysOf(log, frame) > 0) log.pushSilent(frame.index, CHOICE + (move & 15))
  }

  /** After the step. Gives its event; arrivals that follow from it are behind it in the log. */
  after(machine: Machine, move: number): Event {
    const { log } = this
    const event = log.push(machine, move & 15, { timeout: this.timeout })
    for (let handler = arriving(log, machine); handler >= 0; handler = arriving(log, machine))
      log.pushSilent(handler, ARRIVAL)
    return event
  }
}
