/** What the default schedule passes over, since what follows it here is explored elsewhere. */
import { conflicting } from './branch.ts'
import type { Event, PlainEvent } from './event.ts'

interface Sleeper {
  readonly event: PlainEvent
  /** What is explored elsewhere if it comes next: the event itself, or one of the handler that it begins. */
  readonly reason: PlainEvent
  /** The position from which on it sleeps. */
  readonly from: number
  /** The position of an event that conflicts with the reason, which may turn out in another way after it; Infinity: there is none. */
  until: number
}

export class Asleep {
  private sleepers: Sleeper[] = []

  clear(): void {
    this.sleepers = []
  }

  /** Passes over an event that was at this position. What came since is taken back, and what it did to those that sleep. */
  add(event: PlainEvent, reason: PlainEvent, from: number): void {
    this.sleepers = this.sleepers.filter((other) => other.from <= from)
    for (const other of this.sleepers) if (other.until >= from) other.until = Infinity
    this.sleepers.push({ event, reason, from, until: Infinity })
  }

  /** An event was added to the schedule at this position. */
  wake(event: Event, at: number): void {
    for (const sleeper of this.sleepers)
      if (sleeper.until === Infinity && conflicting(event, sleeper.reason)) sleeper.until = at
  }

  has(id: number, ordinal: number): boolean {
    return this.sleepers.some(
      ({ event, until }) => until === Infinity && event.id === id && event.ordinal === ordinal,
    )
  }
}
