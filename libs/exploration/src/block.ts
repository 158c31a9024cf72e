/** What moves together when an event is to come after another one of its CPU. */
import { type Event, EventLog } from './event_log.ts'

/**
 * The events that `f` comes before if it comes before `e`: a handler that `f` has to wait for goes as a whole, and a self-IPI
 * goes with the event that forced it.
 */
export class Block {
  private readonly log: EventLog
  private readonly f: Event
  private readonly frames = new Set<number>()
  private readonly events = new Set<number>()

  constructor(log: EventLog, e: number, f: Event) {
    this.log = log
    this.f = f
    this.addEvent(e)
    while (this.grow()) {
      // Until nothing more hangs on what is in.
    }
  }

  has(index: number): boolean {
    return this.events.has(index) || this.frames.has(this.log.events[index]!.frame)
  }

  private addEvent(index: number): void {
    this.events.add(index)
    const { frame } = this.log.events[index]!
    if (this.holdsBack(frame)) this.frames.add(frame)
  }

  /** Does `f` have to wait for the end of the frame once that has begun? */
  private holdsBack(frame: number): boolean {
    const record = this.log.frames[frame]!
    return (
      frame !== this.f.frame && record.cpu === this.f.cpu && record.level > 0 && record.level >= this.f.level
    )
  }

  private grow(): boolean {
    const before = this.frames.size + this.events.size
    for (let h = 0; h < this.log.frames.length; h++) {
      const forcedBy = this.log.frames[h]!.enabledBy
      if (forcedBy < 0 || !this.holdsBack(h)) continue
      if (this.frames.has(h)) this.addEvent(forcedBy)
      else if (this.has(forcedBy)) this.frames.add(h)
    }
    return this.frames.size + this.events.size > before
  }
}
