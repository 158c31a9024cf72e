/** What each thread explores: the program of a case, by its name. */
import type { Work } from '../src/node/index.ts'
import { ALL } from './cases.ts'

export default function workOf(name: string): Work {
  const found = ALL.find(({ program }) => program.name === name)
  if (found === undefined) throw new Error(`no program ${name}`)
  return { program: found.program }
}
