/** What is explored. */
import type { Machine, MemoryModel } from '@bottom-half/kernel-model'

/** A closed program: every boot gives the same machine, so that a schedule is a list of moves. */
export interface Program {
  readonly name: string
  /** `memory`: the model to boot under, if not the usual one of the program. */
  boot(options: { readonly tracing: boolean; readonly memory?: MemoryModel }): Machine
}
