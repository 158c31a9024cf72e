import { expect, test } from 'vitest'
import { explore } from '../src/index.ts'
import { programOf, type Sketch } from './random_program.ts'
import { enumerateClasses } from './soundness/enumerate_classes.ts'
import { CROSSING } from './traps/crossing.ts'

test.each(CROSSING)('explores all classes but $lost, each once: $program', ({ lost, program: line }) => {
  const program = programOf(JSON.parse(line) as Sketch)
  const all = new Set<number>()
  enumerateClasses(program, Infinity, (_machine, _moves, fingerprint) => all.add(fingerprint))
  const seen = new Set<number>()
  const onSchedule = (_machine: unknown, _moves: unknown, fingerprint: number): void =>
    void seen.add(fingerprint)
  const { redundant, blocked } = explore(program, { onSchedule })
  expect({ invented: [...seen].filter((each) => !all.has(each)), redundant, blocked }).toEqual({
    invented: [],
    redundant: 0,
    blocked: 0,
  })
  expect([...all].filter((each) => !seen.has(each))).toHaveLength(lost)
})
