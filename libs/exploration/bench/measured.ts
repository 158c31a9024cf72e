/** What is kept of a measurement. */
import type { Case } from './cases.ts'
import type { Outcome } from './modes.ts'

/** What one process measured. */
export interface Measured {
  /** One for each repetition. */
  readonly outcomes: readonly Outcome[]
  /** How often the program was booted in this process, for one repetition. */
  readonly boots: number
  /** Of all repetitions together, without the start of the process. */
  readonly seconds: number
  /** From the start of the process until all modules are loaded. */
  readonly startSeconds: number
  /** The most resident memory in the process's life. */
  readonly peakMb: number
  /** The most resident memory seen in each part of the search; 0 where none was sampled. */
  readonly mbByPart: readonly number[]
}

/** A case and what its processes measured. */
export interface Row {
  readonly measuredCase: Case
  /** Of the first repetition in the first process; all others came to the same. */
  readonly outcome: Outcome
  readonly boots: number
  /** The median over the processes, for one repetition. */
  readonly seconds: number
  readonly startSeconds: number
  /** The most of any process. */
  readonly peakMb: number
  readonly mbByPart: readonly number[]
  /** In what the counts are not as they have to be; empty if in nothing. */
  readonly complaints: readonly string[]
}
