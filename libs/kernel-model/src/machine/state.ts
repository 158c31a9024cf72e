/**
 * What an engine that compares states has to be told, since generators and closures cannot be looked into. Costs one test
 * where nobody records.
 */
import type { Cell } from './cell.ts'
import type { Frame } from './frame.ts'
import type { MemoryObject } from './memory_object.ts'

/** Is told, while a machine boots and performs, what its paths observe and what comes into being. */
export interface Recorder {
  /** The path goes on with the value that its step gave; until `suspended` it runs. */
  returned(frame: Frame, value: unknown): void
  /** The path that was resumed last is suspended, or ended. */
  suspended(): void
  /** A word was looked at without an access. */
  looked(cell: Cell): void
  /** The running path still depends on these values only. */
  declared(label: string, values: readonly unknown[]): void
  /** Ids of words were given out: of a cell that is made now, or of words that a CPU or frame makes when it needs them. */
  idsTaken(first: number, count: number): void
  cellMade(cell: Cell): void
  objectMade(object: MemoryObject): void
  stateAdded(look: () => unknown): void
}

/** Null while nobody compares states. Changed by setRecorder() only. */
export let recorder: Recorder | null = null

/** Gives the recorder that was there before. */
export function setRecorder(next: Recorder | null): Recorder | null {
  const before = recorder
  recorder = next
  return before
}

/**
 * Declares that the running path depends, from here on, on `values` only: on nothing else of what it observed so far, and at no
 * other place than `label` says. It replaces the path's history where states are compared; it is no step. To be called by the
 * outermost function of the path, between two steps: it speaks for the callers too. `label` has to be another one at each place,
 * and with each content of the call stack. Check it with `checkDeclarations` of the exploration.
 */
export function live(label: string, ...values: readonly unknown[]): void {
  recorder?.declared(label, values)
}

/**
 * Adds to the state what no word holds: a ghost field, results that are judged at rest. `look` gives it; it must not perform an
 * access. Values, arrays and plain objects count by their content, class instances by identity and content.
 */
export function addState(look: () => unknown): void {
  recorder?.stateAdded(look)
}
