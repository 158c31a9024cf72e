/**
 * Ghost state: words that only the oracles know.
 *
 * A ghost access has no step of its own: it rides on the step that was performed last, which is still in
 * progress while the path computes its next one. So it is atomic with a real access and is part of that
 * step's footprint, and an engine that reorders only what does not conflict never reorders two ghost accesses
 * of which one writes.
 */
import { type Cell, machine, runningOrNull, WRITES } from '@bottom-half/kernel-model'

/** Reads a word of whatever kind for an oracle. At boot nothing is concurrent, and this is a plain look. */
export function ghostRead<T>(cell: Cell<T>): T {
  if (runningOrNull() !== null) machine().touch(cell, 0)
  return cell.peek()
}

/** Counts a ghost word up; gives the new value. */
export function ghostCount(cell: Cell<number>): number {
  if (runningOrNull() !== null) machine().touch(cell, WRITES)
  return (cell.value = cell.peek() + 1)
}
