/** The word by which a grace period knows whether a frame is a reader: odd while it is, counted up at each change. */
import { Cell } from './cell.ts'
import { releaseClock } from './data_race.ts'
import { WRITES } from './footprint.ts'
import type { Frame } from './frame.ts'
import type { Memory } from './memory.ts'

export class ReaderWord extends Cell<number> {
  /** The newest store that its frame may have left on its way to memory when the last section ended: a grace period ends after it. */
  late: Cell<boolean> | null = null

  private readonly kind: number

  /** `kind`: of the sections, as in sections.ts. */
  constructor(name: string, id: number, kind: number) {
    super(name, 0, null, null, id)
    this.kind = kind
  }

  reads(): boolean {
    return (this.value & 1) === 1
  }

  /** A section of the frame begins or ends, in the step in progress. */
  flip(m: Memory, frame: Frame): void {
    m.touch(this, WRITES)
    m.addSection(this.kind)
    this.value++
    if (this.reads()) return
    // A grace period orders what the reader did before the callback.
    this.published = releaseClock(frame)
    this.late = m.weak === null ? null : m.weak.awaited(frame)
  }
}
