/** What became of the submits, and what is wrong with it. */
import { generic, type Machine } from '@bottom-half/kernel-model'
import { reportAtRest } from './at_rest.ts'
import type { Attribution, Call } from './attribution.ts'
import type { FreedFields } from './freed_fields.ts'
import type { Ending, Submission } from './submission.ts'

/**
 * How an accepted submit that was not served ended, once nothing can move. `targetsTask`: does the task's
 * exit excuse it?
 */
export function endingOf(
  submission: Submission,
  freed: FreedFields,
  targetsTask: boolean,
): Exclude<Ending, 'ran'> {
  const { value } = submission.held
  if (!value.holdsKey() || value.generation.peek() !== submission.generationBefore) return 'value-deleted'
  if (freed.count.peek() > submission.fieldsFreedBefore) return 'cancelled'
  return targetsTask && submission.task.exited.peek() ? 'task-gone' : 'lost'
}

function of(submission: Submission): string {
  return `the submit of ${generic(submission.prog.name)}`
}

/** To be asked when nothing can move, before the teardown gives excuses. */
export function reportLost(machine: Machine, submission: Submission): void {
  const title = `${of(submission)} was accepted, and nothing will run its callback`
  reportAtRest(machine, 'lost-callback', title, [submission.returnedAt])
}

/** To be asked at the end. A submit that did not return is not judged. */
export function judgeCalls(machine: Machine, { misplaced, surplus, served }: Attribution): void {
  for (const call of surplus) judgeSurplus(machine, call)
  for (const submission of misplaced) {
    const title = 'a callback runs in another task than it was submitted for'
    reportAtRest(machine, 'callback-context', title, [submission.returnedAt, served.get(submission)!.step])
  }
}

function judgeSurplus(machine: Machine, { run, submission }: Call): void {
  const { outcome, returnedAt } = submission
  if (outcome === null) return
  if (outcome !== 'accepted') {
    const title = `${of(submission)} was refused (${outcome}), and its callback ran`
    reportAtRest(machine, 'unaccepted-callback', title, [returnedAt, run.step])
  } else {
    const title = `the callback of ${of(submission)} ran more than once`
    reportAtRest(
      machine,
      'double-callback',
      title,
      submission.runs.map((r) => r.step),
    )
  }
}
