/** How accepted submits ended, over many schedules. */
import type { Ending, Endings } from '@bottom-half/deferred-work'

/** From the best to the worst: the order in which a result names them. */
const ENDINGS: readonly Ending[] = ['ran', 'cancelled', 'value-deleted', 'task-gone', 'lost']

export class EndingCount {
  private readonly count = new Map<Ending, number>()

  /** Adds those of one schedule. */
  add(endings: Endings): void {
    for (const { ending } of endings) this.count.set(ending, (this.count.get(ending) ?? 0) + 1)
  }

  /** Adds what was counted elsewhere, by ending. */
  addCounts(counts: Readonly<Record<string, number>>): void {
    for (const ending of ENDINGS)
      if (counts[ending] !== undefined) this.count.set(ending, (this.count.get(ending) ?? 0) + counts[ending])
  }

  /** Those that occurred, in a fixed order. */
  counts(): Record<string, number> {
    const present = ENDINGS.filter((ending) => this.count.has(ending))
    return Object.fromEntries(present.map((ending) => [ending, this.count.get(ending)!]))
  }
}
