import { expect, test } from 'vitest'
import { explore } from '../src/index.ts'
import { programOf, type Sketch } from './random_program.ts'
import { enumerateClasses } from './soundness/enumerate_classes.ts'
import { CROSSING, CROSSING_STILL } from './traps/crossing.ts'

interface Judged {
  readonly lost: number
  readonly invented: number
  readonly redundant: number
  readonly blocked: number
}

function judged(line: string): Judged {
  const program = programOf(JSON.parse(line) as Sketch)
  const all = new Set<number>()
  enumerateClasses(program, Infinity, (_machine, _moves, fingerprint) => all.add(fingerprint))
  const seen = new Set<number>()
  const onSchedule = (_machine: unknown, _moves: unknown, fingerprint: number): void =>
    void seen.add(fingerprint)
  const { redundant, blocked } = explore(program, { onSchedule })
  const lost = [...all].filter((each) => !seen.has(each)).length
  const invented = [...seen].filter((each) => !all.has(each)).length
  return { lost, invented, redundant, blocked }
}

test.each(CROSSING)('explores all classes, each once: %s', (line) => {
  expect(judged(line)).toEqual({ lost: 0, invented: 0, redundant: 0, blocked: 0 })
})

test.each(CROSSING_STILL)('still wrong, $wrong: $why', ({ program, wrong }) => {
  expect(judged(program)).toEqual({ lost: 0, invented: 0, redundant: 0, blocked: 0, ...wrong })
})
