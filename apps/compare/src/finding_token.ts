/** A token that names a finding: its cell, which finding of the schedule it is, and the schedule. */
import { type Choice, decodeToken, encodeToken } from '@bottom-half/exploration'
import { LabBug, type MemoryModel } from '@bottom-half/kernel-model'
import { type Named, programNamed, programsOf } from './token_program.ts'
import { MODEL_VERSION, OPTIONS } from './version.ts'

/** Where to find a finding again. */
export interface Evidence extends Named {
  readonly choices: readonly Choice[]
  readonly memory: MemoryModel
  /** Fingerprint of what the schedule does up to the finding. */
  readonly run: string
}

/** What fits a line of an e-mail. */
const LINE = 75

/** The evidence as one word, its names as long as a line has room for. */
export function tokenOf(evidence: Evidence): string {
  const { choices, memory: options, run } = evidence
  let token: string | null = null
  for (const program of programsOf(evidence)) {
    token = encodeToken({ program, choices, options, version: MODEL_VERSION, run })
    if (token.length <= LINE) break
  }
  if (token === null) throw new LabBug('a finding without a name')
  return token
}

/** Gives the evidence, or in one sentence what is wrong with the token. */
export function evidenceOf(text: string): Evidence | string {
  const token = decodeToken(text.trim(), { version: MODEL_VERSION, options: OPTIONS })
  if (typeof token === 'string') return token
  const named = programNamed(token.program)
  if (typeof named === 'string') return named
  const { choices, options, run } = token
  return { ...named, choices, memory: OPTIONS.find((memory) => memory === options)!, run }
}
