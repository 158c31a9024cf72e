/** `--replay`: the steps of a finding, from nothing but its token. */
import { renderText } from '@bottom-half/report'
import { evidenceOf } from './finding_token.ts'
import { UserError } from './user_error.ts'
import { replayed } from './witness.ts'

/** The text of the finding as the report has it. Throws UserError for a token that cannot be read or no longer fits. */
export function replayText(token: string): string {
  const evidence = evidenceOf(token)
  if (typeof evidence === 'string') throw new UserError(`--replay: ${evidence}`)
  const finding = replayed(evidence)
  if (typeof finding === 'string') throw new UserError(`--replay: ${finding}`)
  return renderText(finding)
}
