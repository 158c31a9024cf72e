/** An event's access to a word. */
import { kindOf, WriteKind, WRITES } from '@bottom-half/kernel-model'

/** That an event touched a word. */
export interface Touch {
  readonly event: number
  readonly entry: number
}

/** Does all that touched the word earlier come before this entry? Not so for a write that commutes with another. */
export function hidesEarlier(entry: number): boolean {
  return (entry & WRITES) !== 0 && kindOf(entry) === WriteKind.None
}

/** Of the touches of a word, oldest first: the events that wrote it last, several where their writes commute. */
export function lastWrites(touches: readonly Touch[]): number[] {
  const out: number[] = []
  for (let i = touches.length - 1; i >= 0; i--) {
    const { event, entry } = touches[i]!
    if ((entry & WRITES) !== 0) out.push(event)
    if (hidesEarlier(entry)) break
  }
  return out
}
