/**
 * A schedule as one word that can be put into an e-mail: `<program>.<deviations>.<check>`. The check covers the version of the
 * model and the text before it, so that a token of another version or with a typing error is refused, not misread.
 */
import { hashName } from './fingerprint.ts'
import type { Deviation } from './schedule.ts'

/** What a token stands for. */
export interface Token {
  readonly program: string
  readonly deviations: readonly Deviation[]
}

const BASE = 36

/** `version`: of the model and of whatever else a schedule depends on. */
export function encodeToken(token: Token, version: string): string {
  let last = 0
  const parts = token.deviations.map(({ step, index }) => {
    const gap = step - last
    last = step
    return `${gap.toString(BASE)}-${index.toString(BASE)}`
  })
  const text = `${token.program}.${parts.length === 0 ? 'plain' : parts.join('_')}`
  return `${text}.${version}.${checksum(text, version)}`
}

/** Gives the token, or in one sentence what is wrong with it. */
export function decodeToken(text: string, version: string): Token | string {
  const [program, schedule, tokenVersion, check, ...rest] = text.split('.')
  if (
    program === undefined ||
    schedule === undefined ||
    tokenVersion === undefined ||
    check === undefined ||
    rest.length > 0
  )
    return 'a token has four parts with dots between them: program, schedule, version, checksum'
  if (tokenVersion !== version)
    return `the token was made by model version ${tokenVersion}, this is model version ${version}`
  if (check !== checksum(`${program}.${schedule}`, version))
    return 'the checksum of the token does not fit: was it copied as a whole?'
  const deviations = schedule === 'plain' ? [] : decodeDeviations(schedule)
  return deviations === null ? 'the schedule of the token cannot be read' : { program, deviations }
}

function decodeDeviations(schedule: string): Deviation[] | null {
  let step = 0
  const out: Deviation[] = []
  for (const part of schedule.split('_')) {
    if (!/^[0-9a-z]+-[0-9a-z]+$/.test(part)) return null
    const [gap, index] = part.split('-')
    step += Number.parseInt(gap!, BASE)
    out.push({ step, index: Number.parseInt(index!, BASE) })
  }
  return out
}

function checksum(text: string, version: string): string {
  return (hashName(`${version}:${text}`) >>> 0).toString(BASE)
}
