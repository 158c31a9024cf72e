import { sometimesOf } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { enumerateSchedules, explore } from '../src/index.ts'
import {
  checkedCounter,
  CLASSIC,
  compileLitmus,
  COUNTING,
  counter,
  EXISTS,
  exploreLitmus,
  fibBench,
  INTERRUPTS,
  lastzero,
  type Litmus,
  type LitmusResult,
  locking,
  MEMORY_MODELS,
  type MemoryModel,
  parseLitmus,
  readers,
  twoPhase,
  unusedCounter,
} from '../src/litmus/index.ts'

const explored = (litmus: Litmus, memory: MemoryModel = 'sc'): LitmusResult =>
  exploreLitmus(litmus, compileLitmus(parseLitmus(litmus), { memory }), { clock: () => 0, use: 'reduction' })

/** All schedules, without reduction. */
function bruteForce(
  litmus: Litmus,
  memory: MemoryModel = 'sc',
): { classes: number; observed: boolean; findings: string[] } {
  const program = compileLitmus(litmus, { memory })
  const classes = new Set<number>()
  const findings = new Set<string>()
  let observed = false
  const count = enumerateSchedules(program, 20_000, (machine, _moves, fingerprint) => {
    classes.add(fingerprint)
    observed ||= sometimesOf(machine).get(EXISTS) === true
    for (const { kind } of machine.findings) findings.add(kind)
  })
  if (count < 0) throw new Error(`${litmus.name} is too large for brute force`)
  return { classes: classes.size, observed, findings: [...findings].sort() }
}

/** Without the shapes of four tasks under x86-TSO, which have too many schedules: litmus_reference.test.ts has them all. */
const SHAPES = CLASSIC.flatMap(({ litmus, observed }) =>
  MEMORY_MODELS.filter((memory) => memory === 'sc' || litmus.cpus.length < 4).map(
    (memory) => [litmus.name, memory, observed[memory], litmus] as const,
  ),
)

test.each(SHAPES)(
  '%s is observed under %s: %s, by the reduction and by brute force',
  (_name, memory, observed, litmus) => {
    const all = bruteForce(litmus, memory)
    expect(all.observed).toBe(observed)
    const result = explored(litmus, memory)
    expect(result).toMatchObject({ verdict: 'holds', observed, classes: all.classes })
  },
)

test.each(
  INTERRUPTS.flatMap((each) => MEMORY_MODELS.map((memory) => [each.litmus.name, memory, each] as const)),
)(
  '%s gives under %s what interrupts and masks allow, by the reduction and by brute force',
  (_name, memory, { litmus, verdict, observed, findings }) => {
    const all = bruteForce(litmus, memory)
    expect(all.findings).toEqual(findings)
    expect(all.observed).toBe(observed ?? false)
    const result = explored(litmus, memory)
    expect(result).toMatchObject({ verdict, observed, classes: all.classes })
    expect([...new Set(result.findings.map(({ kind }) => kind))].sort()).toEqual(findings)
  },
)

test.each(COUNTING.map((each) => [each.litmus.name, each.classes, each] as const))(
  '%s has %i classes',
  (_name, classes, { litmus }) => {
    expect(explored(litmus)).toMatchObject({ verdict: 'holds', classes })
  },
  60_000,
)

test.each(
  [
    counter(2, 3),
    counter(3, 2),
    unusedCounter(2, 2),
    lastzero(3),
    fibBench(2),
    readers(3),
    locking(2, 2),
    twoPhase(3),
  ].map(({ litmus, classes }) => [litmus.name, classes, litmus] as const),
)('%s has %i classes by brute force too', (_name, classes, litmus) => {
  expect(bruteForce(litmus).classes).toBe(classes)
})

test('the published numbers of lastzero come out of its formula', () => {
  expect([5, 10, 15].map((n) => lastzero(n).classes)).toEqual([64, 3328, 147_456])
})

test('the largest Fibonacci number of fib_bench is observed', () => {
  for (const rounds of [2, 3, 4] as const) expect(explored(fibBench(rounds).litmus).observed).toBe(true)
})

test.each(
  [...CLASSIC, ...INTERRUPTS, fibBench(2), locking(2, 2), lastzero(4)].map(
    ({ litmus }) => [litmus.name, litmus] as const,
  ),
)('the explorer of states sees in %s what the reduction sees', (_name, litmus) => {
  const result = exploreLitmus(litmus, compileLitmus(litmus), { clock: () => 0, use: 'both' })
  expect(result.states).toBeGreaterThan(0)
})

test.each([
  [3, 2],
  [4, 2],
  [3, 3],
])(
  'counter-checked(%i,%i) has (k+1)^n states: each task is at one of k+1 places, and x is their sum',
  (n, k) => {
    const { litmus } = checkedCounter(n, k)
    const result = exploreLitmus(litmus, compileLitmus(litmus), { clock: () => 0, use: 'both' })
    expect(result.states).toBe((k + 1) ** n)
  },
)

test('a boot of one program leaves nothing behind in another', () => {
  const [one, other] = [fibBench(2), fibBench(3)].map(({ litmus }) => compileLitmus(litmus))
  const before = explore(one!)
  explore(other!)
  expect(explore(one!)).toEqual(before)
})

test('a compiled program boots the same machine each time', () => {
  const program = compileLitmus(counter(2, 2).litmus)
  const runs = [0, 1].map(() => explore(program))
  expect(runs[0]).toEqual(runs[1])
})
