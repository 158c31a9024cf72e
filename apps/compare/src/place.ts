/** Where in the kernel's text a step was taken. */
import type { StepResult } from '@bottom-half/report'
import { pathInRepository, sourceLine } from './repository.ts'
import { type Call, parseStack } from './stack.ts'

export type Place = Pick<StepResult, 'functions' | 'file' | 'line' | 'source'>

/** What runs a path rather than being one. */
const MACHINE = 'libs/kernel-model/src/machine/'

/** Accesses in themselves, named by the step's operation: the line that calls one of them is the line that takes the step. */
const ACCESSES = new Set(['libs/kernel-model/src/linux/barrier.ts', 'libs/kernel-model/src/linux/atomic.ts'])

/** Of a step without a stack, such as the entry of a handler. */
const NOWHERE: Place = { functions: [], file: null, line: null, source: null }

/** The functions that a step was in, innermost first, and the line that took it. */
export function placeOf(stack: string | null): Place {
  const calls = stack === null ? [] : kernelCalls(stack)
  const [at] = calls
  if (at === undefined) return NOWHERE
  const functions = calls.flatMap(({ name }) => (name === null ? [] : [name]))
  return { functions, file: at.file, line: at.line, source: sourceLine(at.file, at.line) }
}

/** Outside of what makes the step, inside of what the machine does to resume the path. */
function kernelCalls(stack: string): Call[] {
  const calls = parseStack(stack).flatMap((call) => {
    const file = pathInRepository(call.file)
    return file === null ? [] : [{ ...call, file }]
  })
  const first = calls.findIndex(({ file }) => !file.startsWith(MACHINE) && !ACCESSES.has(file))
  if (first < 0) return []
  const path = calls.slice(first)
  const end = path.findIndex(({ file }) => file.startsWith(MACHINE))
  return end < 0 ? path : path.slice(0, end)
}
