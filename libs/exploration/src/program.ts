/** What is explored. */
import type { Machine } from '@bottom-half/kernel-model'

/** A closed program: every boot gives the same machine, so that a schedule is a list of moves. */
export interface Program {
  readonly name: string
  boot(options: { tracing: boolean }): Machine
}
