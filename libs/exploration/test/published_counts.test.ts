import { expect, test } from 'vitest'
import { EXHAUSTIVE, MERGED } from '../bench/cases.ts'
import { interruptedCounter, nestedOver, nmiOver } from '../bench/interrupt_programs.ts'
import { oneLock, philosophers, twoPhaseCommit, twoPhases } from '../bench/kernel_programs.ts'
import { complaintsAbout } from '../bench/complaints.ts'
import { fileSystem } from '../bench/popl05_programs.ts'
import { counter, counterUnused, fibBench, lastzero, readers } from '../bench/programs.ts'
import { enumerateSchedules, explore, exploreStates, type Program } from '../src/index.ts'
import { traceClasses } from './trace_classes.ts'

/** Larger ones are counted by the benchmark only. */
const MOST = 2520

const SMALL = EXHAUSTIVE.filter(({ expected }) => expected <= MOST).map((each) => ({
  ...each,
  name: each.program.name,
}))

test.each(SMALL)(
  '$name has $expected classes ($source), each run once, none blocked',
  ({ program, expected }) => {
    expect(explore(program)).toMatchObject({
      executions: expected,
      redundant: 0,
      blocked: 0,
      exhausted: true,
    })
  },
)

const GROWN: readonly (readonly [Program, number])[] = [
  [counter(3, 2), 90],
  [counterUnused(3, 2), 1],
  [lastzero(3), 12],
  [lastzero(4), 28],
  [lastzero(5), 64],
  [fibBench(2), 19],
  [fibBench(3), 141],
  [fibBench(4), 1107],
  [readers(5), 32],
  [twoPhases(2), 4],
  [twoPhases(3), 36],
  [twoPhaseCommit(2), 40],
  [twoPhaseCommit(3), 176],
  [fileSystem(2), 1],
  [oneLock(3, 1), 6],
  [oneLock(3, 2), 90],
  [philosophers(2), 3],
  [philosophers(3), 7],
]

test.each(GROWN.map(([program, classes]) => ({ program, classes, name: program.name })))(
  '$name has $classes classes when they are grown step by step, without the engine',
  ({ program, classes }) => {
    expect(traceClasses(program)).toBe(classes)
  },
)

test.each([
  { program: nmiOver(4), classes: 5 },
  { program: nestedOver(4), classes: 25 },
  { program: interruptedCounter(1), classes: 24 },
  { program: interruptedCounter(2), classes: 180 },
])('$program.name: $classes classes among all schedules', ({ program, classes }) => {
  const seen = new Set<unknown>()
  enumerateSchedules(program, 1000, (_machine, _moves, fingerprint) => seen.add(fingerprint))
  expect(seen.size).toBe(classes)
})

test.each(MERGED)('$program.name has $expected states when they are merged', ({ program, expected }) => {
  expect(exploreStates(program)).toMatchObject({ states: expected, exhausted: true, findings: [] })
})

test('a deadlock is found in each ring of philosophers, and nothing else', () => {
  for (const n of [2, 5]) {
    const kinds = explore(philosophers(n)).findings.map(({ finding }) => finding.kind)
    expect(kinds).toEqual(['deadlock'])
  }
})

test('the benchmark complains of a lost class, a second run of one, a blocked run and an unfinished search', () => {
  const each = EXHAUSTIVE[0]!
  const right = { executions: 90, distinct: 90, blocked: 0, steps: 540, exhausted: true }
  const complaints = (change: object): number => complaintsAbout(each, { ...right, ...change }).length
  expect(complaints({})).toBe(0)
  expect(complaints({ executions: 89, distinct: 89 })).toBe(2)
  expect(complaints({ executions: 91 })).toBe(1)
  expect(complaints({ blocked: 1 })).toBe(1)
  expect(complaints({ exhausted: false })).toBe(1)
})
