/** What a schedule shows to be wrong. A finding is a value; it never leaves the engine as an exception. */

/** One thing that went wrong in one schedule, in the words of a kernel log. */
export interface Finding {
  /** `use-after-free`, `double-free`, `null-dereference`, `deadlock`, `data-race`, `warn`, … */
  readonly kind: string
  /** One line in kernel words, without step numbers, equal for all schedules that show the same thing. */
  readonly title: string
  /** The index of the step that showed it. */
  readonly step: number
  /** The steps that make it, the one that showed it included. */
  readonly involved: readonly number[]
  /** True if the schedule cannot go on: the kernel would have crashed or hung. */
  readonly fatal: boolean
}

/** Thrown inside a step by a fatal finding; the machine catches it, records the finding and halts. */
export class Oops extends Error {
  readonly kind: string
  readonly involved: readonly number[]
  constructor(kind: string, title: string, involved: readonly number[] = []) {
    super(title)
    this.kind = kind
    this.involved = involved
  }
}

/** A defect of the laboratory itself, never of a design. */
export class LabBug extends Error {
  constructor(message: string) {
    super(`[lab bug] ${message}`)
  }
}
