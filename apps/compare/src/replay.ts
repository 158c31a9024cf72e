/** `--replay`: the steps of a finding, from nothing but its token. */
import { LabBug } from '@bottom-half/kernel-model'
import { renderText } from '@bottom-half/report'
import { evidenceOf } from './finding_token.ts'
import { UserError } from './user_error.ts'
import { replayed } from './witness.ts'

/** The text of the finding as the report has it. Throws UserError for a token that cannot be read, LabBug if nothing shows. */
export function replayText(token: string): string {
  const evidence = evidenceOf(token)
  if (typeof evidence === 'string') throw new UserError(`--replay: ${evidence}`)
  const finding = replayed(evidence)
  if (finding === null)
    throw new LabBug(`the schedule of the token shows no finding of kind ${evidence.kind}`)
  return renderText(finding)
}
