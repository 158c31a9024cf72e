/** How many events each frame had in one run, by the word that they were about: what SURW weighs frames with. */
import { cellOf, type Frame, Level, type Machine, WRITES } from '@bottom-half/kernel-model'

/** Stands for all events, whatever word they are about. */
export const ALL = -1

interface FrameCounts {
  readonly creator: string | null
  readonly handler: boolean
  readonly events: Map<number, number>
}

/** Counts of one run. Frames are known by name, which is the same in all runs in which their creator did the same. */
export class Profile {
  private readonly frames = new Map<string, FrameCounts>()
  /** Words by the frames that touched them, and those that were written. */
  private readonly touchedBy = new Map<number, Set<string>>()
  private readonly written = new Set<number>()
  private readonly weights = new Map<number, ReadonlyMap<string, number>>()
  private known = 0

  /** Frames that appeared since: created by that frame, or by the boot or a stage after quiescence. */
  meet(machine: Machine, creator: Frame | null): void {
    for (; this.known < machine.frames.length; this.known++) {
      const { name, level } = machine.frames[this.known]!
      this.frames.set(name, {
        creator: creator?.name ?? null,
        handler: level > Level.Task,
        events: new Map(),
      })
    }
  }

  /** To be called after each step of the run. */
  performed(machine: Machine): void {
    const event = machine.event!
    this.meet(machine, event.frame)
    const { events } = this.frames.get(event.frame.name)!
    count(events, ALL)
    const cell = event.step?.cell ?? null
    if (cell === null) return
    count(events, cell.id)
    const users = this.touchedBy.get(cell.id) ?? new Set()
    this.touchedBy.set(cell.id, users.add(event.frame.name))
    for (const entry of machine.footprint.touched) if ((entry & WRITES) !== 0) this.written.add(cellOf(entry))
  }

  /** The words that several frames had events about, and that were written. */
  shared(): number[] {
    return [...this.touchedBy].filter(([word, by]) => by.size > 1 && this.written.has(word)).map(([w]) => w)
  }

  /**
   * For each frame, how many of its events were about the word, those of the frames that it created included. The entry of a
   * handler with such events counts as one of them.
   */
  weightsOf(word: number): ReadonlyMap<string, number> {
    const known = this.weights.get(word)
    if (known !== undefined) return known
    const weights = new Map<string, number>()
    // A creator comes before what it creates.
    for (const [name, { handler, events }] of [...this.frames].reverse()) {
      let weight = (weights.get(name) ?? 0) + (events.get(word) ?? 0)
      if (word !== ALL && handler && weight > 0) weight++
      weights.set(name, weight)
      const { creator } = this.frames.get(name)!
      if (creator !== null) weights.set(creator, (weights.get(creator) ?? 0) + weight)
    }
    this.weights.set(word, weights)
    return weights
  }
}

function count(map: Map<number, number>, key: number): void {
  map.set(key, (map.get(key) ?? 0) + 1)
}
