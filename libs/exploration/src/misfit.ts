/** Does a program still do what a token says? If not: what changed, in one sentence. */
import type { Machine } from '@bottom-half/kernel-model'
import { plainChoice } from './deviation.ts'
import type { Program } from './program.ts'
import type { Choice } from './token.ts'

/**
 * Looks for the first choice of the token that the program no longer offers in the same way.
 * @returns null if all of them are there
 */
export function misfitOf(program: Program, choices: readonly Choice[]): string | null {
  const machine = program.boot({ tracing: false })
  let before: string | null = null
  let last = -1
  let next = 0
  for (let step = 0; next < choices.length; step++) {
    const choice = choices[next]!
    const moves = machine.moves()
    let index = plainChoice(moves, last)
    if (moves.length === 0 || choice.step === step) {
      const now = complaint(choice, moves.length, step, index)
      if (now !== null)
        return `at step ${choice.step} the token takes ${moveOf(choice)}, but ${now}${since(before)}`
      index = choice.index
      next++
    }
    last = moves[index]! >> 4
    machine.perform(moves[index]!)
    before = lastStep(machine)
  }
  return null
}

function moveOf({ index, of }: Choice): string {
  return `move ${index + 1} of ${of}`
}

function complaint({ index, of }: Choice, offered: number, step: number, plain: number): string | null {
  if (offered === 0) return `the program now ends after ${step} ${step === 1 ? 'step' : 'steps'}`
  if (offered !== of) return `the program now offers ${offered}`
  return index === plain ? 'the program now takes that one by itself' : null
}

function since(before: string | null): string {
  return before === null ? ': it begins in another way' : `: it changed at ${before}, or earlier`
}

function lastStep({ event }: Machine): string {
  const { frame, step } = event!
  const did = step === null ? 'enter' : `${step.op}${step.cell === null ? '' : ` ${step.cell.name}`}`
  return `"${did}" of ${frame.name}`
}
