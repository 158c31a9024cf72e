/** What each thread explores: the program of a case, by its name. A thread loads no more than that takes. */
import type { Work } from '../src/node/index.ts'
import { counter } from './programs.ts'

const PROGRAMS = [counter(4, 3), counter(3, 5)]

export default function workOf(name: string): Work {
  const program = PROGRAMS.find((each) => each.name === name)
  if (program === undefined) throw new Error(`no program ${name}`)
  return { program }
}
