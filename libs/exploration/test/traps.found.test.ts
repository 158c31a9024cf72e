import { expect, test } from 'vitest'
import { programOf, type Sketch } from './random_program.ts'
import { compare } from './soundness/compare.ts'
import { FOUND, IN_VAIN } from './traps/found.ts'

const MOST_SCHEDULES = 2000

test.each(FOUND)('explores as brute force does, each class once: %s', (line) => {
  const comparison = compare(programOf(JSON.parse(line) as Sketch), MOST_SCHEDULES)!
  const { violations, detail, redundant, blocked } = comparison
  expect({ violations, detail, redundant, blocked }).toEqual({
    violations: [],
    detail: '',
    redundant: 0,
    blocked: 0,
  })
})

test.each(IN_VAIN)(
  'explores as brute force does, with $blocked blocked and $redundant redundant runs: $program',
  ({ program, ...runs }) => {
    const comparison = compare(programOf(JSON.parse(program) as Sketch), MOST_SCHEDULES)!
    const { violations, redundant, blocked } = comparison
    expect({ violations, redundant, blocked }).toEqual({ violations: [], ...runs })
  },
)
