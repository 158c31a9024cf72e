/**
 * Which call of a callback belongs to which submit.
 *
 * The lab gives each submit a callback of its own, which the kernel does not: two submits for one value, by
 * one program, with one callback function cannot be told apart by anybody. If the design calls the callback
 * of the one for the other, that is no fault.
 */
import type { Run, Submission } from './submission.ts'

/** A call, and the submit whose callback it was. */
export interface Call {
  readonly run: Run
  readonly submission: Submission
}

/** What became of the submits so far. */
export interface Attribution {
  /** The call that served an accepted submit. */
  readonly served: ReadonlyMap<Submission, Run>
  /** Accepted submits that another task ran than the one that was named. */
  readonly misplaced: ReadonlySet<Submission>
  /** Calls that no accepted submit accounts for. */
  readonly surplus: readonly Call[]
}

function alike(a: Submission, b: Submission): boolean {
  return a.prog === b.prog && a.held.value === b.held.value && a.body === b.body
}

/** To be asked when nothing can move. `targetsTask`: does it matter which task ran the callback? */
export function attribute(submissions: readonly Submission[], targetsTask: boolean): Attribution {
  const served = new Map<Submission, Run>()
  const misplaced = new Set<Submission>()
  const right = (s: Submission, run: Run): boolean => !targetsTask || run.task === s.task
  const pass = (calls: readonly Call[], fits: (s: Submission, call: Call) => boolean): Call[] =>
    calls.filter((call) => {
      const free = submissions.find((s) => s.outcome === 'accepted' && !served.has(s) && fits(s, call))
      if (free === undefined) return true
      served.set(free, call.run)
      if (!right(free, call.run)) misplaced.add(free)
      return false
    })
  let calls = submissions.flatMap((submission) => submission.runs.map((run) => ({ run, submission })))
  calls = pass(calls, (s, call) => s === call.submission && right(s, call.run))
  calls = pass(calls, (s, call) => alike(s, call.submission) && right(s, call.run))
  calls = pass(calls, (s, call) => alike(s, call.submission))
  return { served, misplaced, surplus: calls }
}
