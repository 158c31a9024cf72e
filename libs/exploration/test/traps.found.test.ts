import { expect, test } from 'vitest'
import { programOf, type Sketch } from './random_program.ts'
import { compare } from './soundness/compare.ts'
import { BLOCKED, FOUND } from './traps/found.ts'

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

test.each(BLOCKED)('with a blocked run, explores as brute force does, each class once: %s', (line) => {
  const { violations, redundant, blocked } = compare(programOf(JSON.parse(line) as Sketch), MOST_SCHEDULES)!
  expect({ violations, redundant, blocked }).toEqual({ violations: [], redundant: 0, blocked: 1 })
})
