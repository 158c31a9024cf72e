/** A token of a litmus program, to the run that it stands for. */
import type { Machine } from '@bottom-half/kernel-model'
import { RunFingerprint } from '../fingerprint_word.ts'
import { type RecordedRun, recordRun } from '../interchange/recorded_run.ts'
import { misfitOf } from '../misfit.ts'
import type { Program } from '../program.ts'
import { follow } from '../schedule.ts'
import { decodeToken, type Token } from '../token.ts'
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
  const token = decodeToken(text, { options: MEMORY_MODELS, version: litmusVersion(litmus) })
  if (typeof token === 'string') throw new LitmusError(`${token}; has the program changed since?`)
  const program = compileLitmus(litmus, { memory: token.options as MemoryModel })
  const misfit = misfitOf(program, token.choices)
  if (misfit !== null) throw new LitmusError(misfit)
  if (runOf(program, token) !== token.run)
    throw new LitmusError('the moves of the token are possible, but do something else now')
  return recordRun(program, token.choices)
}

/** The fingerprint of what the schedule of the token does now. */
function runOf(program: Program, { choices }: Token): string {
  const fingerprint = new RunFingerprint()
  follow(program, choices, { onStep: (machine: Machine) => fingerprint.add(machine) })
  return fingerprint.word()
}
