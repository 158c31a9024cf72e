import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { explore, exploreStates } from '../src/index.ts'
import { isWellFormed } from './random/sketch.ts'
import { type Family, FAMILIES, programOf, randomSketch, type Sketch } from './random_program.ts'
import { compare, type Explorers, type Violation } from './soundness/compare.ts'
import { shrink } from './soundness/shrink.ts'

/** Two CPUs that take two locks in opposite orders, and then access one word. */
const SKETCH: Sketch = {
  cpus: 2,
  words: 2,
  frames: [
    {
      cpu: 0,
      level: 0,
      body: [
        { op: 'lock', x: 0 },
        { op: 'lock', x: 1 },
        { op: 'unlock', x: 1 },
        { op: 'unlock', x: 0 },
        { op: 'write', x: 0, y: 0 },
      ],
    },
    {
      cpu: 1,
      level: 0,
      body: [
        { op: 'lock', x: 1 },
        { op: 'lock', x: 0 },
        { op: 'unlock', x: 0 },
        { op: 'unlock', x: 1 },
        { op: 'read', x: 0, y: 0 },
      ],
    },
  ],
}

function violations(explorers: Partial<Explorers>): readonly Violation[] {
  return compare(programOf(SKETCH), 1000, { explore, exploreStates, ...explorers })!.violations
}

test('an explorer that gives what brute force gives has no violation', () => {
  expect(violations({})).toEqual([])
})

test.each<[string, Explorers['explore'], Violation]>([
  [
    'loses a class',
    (program, options) => {
      const { onSchedule } = options!
      let first = true
      return explore(program, {
        ...options,
        onSchedule: (...run) => {
          if (!first) onSchedule?.(...run)
          first = false
        },
      })
    },
    'class lost',
  ],
  [
    'explores another program',
    (program, options) => explore(programOf({ ...SKETCH, frames: SKETCH.frames.slice(1) }), options),
    'class invented',
  ],
  ['gives up', (program, options) => explore(program, { ...options, maxExecutions: 1 }), 'not exhausted'],
  [
    'forgets its findings',
    (program, options) => ({ ...explore(program, options), findings: [] }),
    'finding lost',
  ],
  [
    'keeps silent about a class that it ran twice',
    (program, options) => {
      explore(program, options)
      return explore(program, options)
    },
    'counts differ',
  ],
  [
    'shows a finding by a schedule without it',
    (program, options) => {
      const { findings, ...rest } = explore(program, options)
      return { ...rest, findings: findings.map((each) => ({ ...each, moves: [] })) }
    },
    'finding without its schedule',
  ],
])('the comparison notices a reduction that %s', (_what, wrong, violation) => {
  expect(violations({ explore: wrong })).toContain(violation)
})

test('the comparison counts runs beyond one for each class', () => {
  const wasteful: Explorers['explore'] = (program, options) => {
    const { executions, ...rest } = explore(program, options)
    explore(program, options)
    return { ...rest, executions: 2 * executions, redundant: executions, blocked: 3 }
  }
  const { redundant, blocked, classes } = compare(programOf(SKETCH), 1000, {
    explore: wasteful,
    exploreStates,
  })!
  expect([redundant, blocked]).toEqual([classes, 3])
})

test.each<[string, Explorers['exploreStates'], Violation]>([
  ['loses ends', (program) => exploreStates(program), 'states: end lost'],
  [
    'forgets its findings',
    (program, options) => ({ ...exploreStates(program, options), findings: [] }),
    'states: finding lost',
  ],
  [
    'gives up',
    (program, options) => exploreStates(program, { ...options, maxStates: 3 }),
    'states: not exhausted',
  ],
])('the comparison notices an explorer of states that %s', (_what, wrong, violation) => {
  expect(violations({ exploreStates: wrong })).toContain(violation)
})

test.each(FAMILIES)('sketches of the family %s are well formed, and differ', (family: Family) => {
  const rng = xoroshiro128plus(1)
  const sketches = Array.from({ length: 100 }, () => randomSketch((n) => uniformInt(rng, 0, n - 1), family))
  expect(sketches.filter((sketch) => !isWellFormed(sketch))).toEqual([])
  expect(new Set(sketches.map((sketch) => JSON.stringify(sketch))).size).toBeGreaterThan(50)
})

test('a sketch shrinks to the few operations that make it fail', () => {
  const deadlocks = (sketch: Sketch): boolean => {
    const findings: string[] = []
    explore(programOf(sketch), { onSchedule: (m) => findings.push(...m.findings.map(({ kind }) => kind)) })
    return findings.includes('deadlock')
  }
  const rng = xoroshiro128plus(5)
  let sketch = randomSketch((n) => uniformInt(rng, 0, n - 1), 'locks')
  while (!deadlocks(sketch)) sketch = randomSketch((n) => uniformInt(rng, 0, n - 1), 'locks')
  const small = shrink(sketch, deadlocks)
  expect(deadlocks(small)).toBe(true)
  expect(small.frames.flatMap(({ body }) => body).length).toBeLessThanOrEqual(2)
})
