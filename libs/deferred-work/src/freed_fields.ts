/**
 * When the special fields of a value were freed, and which callbacks might already have begun by then.
 *
 * BPF's own rule for pointers to map values: what was found in a reader section stays usable until the
 * section ends, though the value may be deleted and given away meanwhile. So a callback may still begin on a
 * deleted value if the section in which it runs had begun when the fields were freed: an RCU Tasks Trace
 * section of a task, or the handler itself in hardirq.
 */
import {
  type bpf_map_value,
  Cell,
  type Frame,
  generic,
  Level,
  machine,
  RCU_SECTIONS,
  runningOrNull,
  TRACE_SECTIONS,
} from '@bottom-half/kernel-model'
import { ghostCount, ghostRead } from './ghost.ts'

/** One freeing of a value's fields. */
export interface FieldsFreed {
  readonly step: number
  /**
   * `value.generation` then: the life of the slot that it ends, unless the map is an array or only its last
   * fd was closed.
   */
  readonly life: number
  /** The reader sections that were open then: frame index to the count of its reader word. */
  readonly readers: ReadonlyMap<number, number>
}

/**
 * The word that tells of the frame whether it is in a section that protects a callback there; null: no
 * callback runs there.
 */
export function sectionOf(frame: Frame): Cell<number> | null {
  if (frame.level === Level.Task) return frame.traceReader
  return frame.level === Level.Hardirq ? frame.rcuReader : null
}

/** The history of one slot. */
export class FreedFields {
  /** Ghost: how often the fields were freed. */
  readonly count: Cell<number>
  /** Oldest first; invariant: as many as `count` says. */
  readonly history: FieldsFreed[] = []

  constructor(value: bpf_map_value) {
    this.count = new Cell(`${generic(value.name)} fields freed`, 0)
  }

  /** To be called when obj_free_field returned for `value`. Rides on its last step. */
  note(value: bpf_map_value): void {
    const readers = new Map<number, number>()
    if (runningOrNull() !== null) {
      machine().readSections(TRACE_SECTIONS)
      machine().readSections(RCU_SECTIONS + Level.Hardirq)
    }
    for (const frame of machine().frames) {
      const section = sectionOf(frame)
      if (section === null) continue
      const count = section.peek()
      if ((count & 1) === 1) readers.set(frame.index, count)
    }
    this.history.push({ step: machine().steps, life: ghostRead(value.generation), readers })
    ghostCount(this.count)
  }

  /** What may make a difference to what follows: not at which steps it was. */
  state(): unknown {
    const { frames } = machine()
    const open = ({ readers }: FieldsFreed): unknown =>
      new Map([...readers].map(([i, count]) => [frames[i], count]))
    return this.history.map((freed) => [freed.life, open(freed)])
  }

  /** Was the section in which this frame is now open at the freeing? */
  static spans(freed: FieldsFreed, frame: Frame): boolean {
    const section = sectionOf(frame)
    return section !== null && freed.readers.get(frame.index) === section.peek()
  }
}
