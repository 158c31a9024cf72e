/** What the default schedule passes over, since what follows it here is explored elsewhere. */
import { conflicting } from './branch.ts'
import type { Event, PlainEvent } from './event.ts'

interface Sleeper {
  readonly event: PlainEvent
  /** What is explored elsewhere if it comes next: the event itself, or one of the handler that it begins. */
  readonly reason: PlainEvent
  /** The position from which on it sleeps. */
  readonly from: number
}

export class Asleep {
  private sleepers: Sleeper[] = []

  clear(): void {
    this.sleepers = []
  }

  /** Passes over an event that was at this position. What sleeps since later on is to be looked at again. */
  add(event: PlainEvent, reason: PlainEvent, from: number): void {
    this.sleepers = this.sleepers.filter((other) => other.from <= from)
    this.sleepers.push({ event, reason, from })
  }

  /** An event was added to the schedule: another one that conflicts with it may turn out in another way now. */
  wake(event: Event): void {
    if (this.sleepers.length > 0)
      this.sleepers = this.sleepers.filter(({ reason }) => !conflicting(event, reason))
  }

  has(id: number, ordinal: number): boolean {
    return this.sleepers.some(({ event }) => event.id === id && event.ordinal === ordinal)
  }
}
