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
