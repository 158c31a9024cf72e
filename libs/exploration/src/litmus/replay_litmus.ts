/** A token of a litmus program, to the run that it stands for. */
import { fingerprinted } from '../fingerprinted.ts'
import { type RecordedRun, recordRun } from '../interchange/recorded_run.ts'
import { misfitOf } from '../misfit.ts'
import { decodeToken } from '../token.ts'
import { compileLitmus } from './compile.ts'
import { litmusVersion } from './explore_litmus.ts'
import { LitmusError } from './litmus_error.ts'
import type { Parsed } from './parse.ts'
import { MEMORY_MODELS, type MemoryModel } from './schema.ts'

/**
 * Runs the schedule of the token again, under the memory model that it was made under. Throws LitmusError if it is of none
 * of the programs, or of another state of one.
 */
export function replayLitmus(programs: readonly Parsed[], text: string): RecordedRun {
  const name = text.split('.')[0] ?? ''
  const parsed = programs.find(({ program }) => program.name === name)
  if (parsed === undefined) {
    const names = programs.map(({ program }) => program.name).join(', ')
    throw new LitmusError(`the token is of the program "${name}", and the file has ${names}`)
  }
  const { litmus } = parsed
  const token = decodeToken(text, {
    options: MEMORY_MODELS,
    version: litmusVersion(litmus),
    changed: `the program "${name}" has changed since the token was made`,
  })
  if (typeof token === 'string') throw new LitmusError(token)
  const program = compileLitmus(litmus, { memory: token.options as MemoryModel })
  const misfit = misfitOf(program, token.choices)
  if (misfit !== null) throw new LitmusError(misfit)
  if (fingerprinted(program, token.choices).run !== token.run)
    throw new LitmusError('the moves of the token are possible, but do something else now')
  return recordRun(program, token.choices)
}
