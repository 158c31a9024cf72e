/**
 * What happens once nothing of the scenario can move: judge the submits, probe, tear down, look for what is
 * left.
 */
import { attribute } from './attribution.ts'
import { endingOf, judgeCalls, reportLost } from './endings.ts'
import type { Lab } from './lab.ts'
import { judgeLeftovers } from './leftovers.ts'
import { startProbe } from './probe.ts'
import type { Ending, Submission } from './submission.ts'
import { startTeardown } from './teardown.ts'

/** How the accepted submits of the scenario ended, in the order in which they began; filled in at rest. */
export type Endings = { readonly submission: Submission; readonly ending: Ending }[]

/** Arranges it on the lab's machine; gives the list that will be filled in. */
export function arrangeRest(lab: Lab): Endings {
  const { machine } = lab
  const endings: Endings = []
  const { targetsTask } = lab.design.capabilities
  let judged = 0

  function judge(): void {
    const { served } = attribute(lab.submissions, targetsTask)
    for (; judged < lab.submissions.length; judged++) {
      const submission = lab.submissions[judged]!
      if (submission.outcome !== 'accepted') continue
      const freed = lab.freedFields(submission.held.value)
      const ending = served.has(submission) ? 'ran' : endingOf(submission, freed, targetsTask)
      if (ending === 'lost') reportLost(machine, submission)
      if (!submission.probe) endings.push({ submission, ending })
    }
  }

  machine.atQuiescence(() => {
    judge()
    startProbe(lab)
  })
  machine.atQuiescence(() => {
    judge()
    startTeardown(lab)
  })
  machine.atRest(() => {
    judgeCalls(machine, attribute(lab.submissions, targetsTask))
    judgeLeftovers(lab)
  })
  return endings
}
