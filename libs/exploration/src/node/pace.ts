/** When to save: seldom enough to cost little, often enough that little is lost. */

/** Milliseconds. */
const LEAST_GAP = 2000
/** Saving may take so much of the time. */
const MOST_OF_THE_TIME = 0.05

export class Pace {
  private readonly clock: () => number
  private readonly least: number
  private next: number

  /** @param clock milliseconds that go on */
  constructor(clock: () => number, least = LEAST_GAP) {
    this.clock = clock
    this.least = least
    this.next = clock() + least
  }

  due(): boolean {
    return this.clock() >= this.next
  }

  /** Saves; how long that takes says when it is due again. */
  save(write: () => void): void {
    const start = this.clock()
    write()
    const end = this.clock()
    this.next = end + Math.max(this.least, (end - start) / MOST_OF_THE_TIME)
  }
}
