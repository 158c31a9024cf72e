import { Cell, Level, machine, READ_ONCE, WRITE_ONCE } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import {
  deviationsOf,
  explore,
  follow,
  pct,
  pos,
  preemptionBounded,
  type Program,
  replay,
  sameFinding,
  sample,
  type Strategy,
  surw,
  uniformWalk,
  urw,
} from '../../src/index.ts'
import { adds, counters, program } from './programs.ts'

/** Tasks count up without a lock; at rest, an update that got lost is reported. */
function lostUpdate(tasks: number, count: number): Program {
  const inner = (): Cell<number> => new Cell('counter', 0)
  return {
    name: 'lost update',
    boot: (options) => {
      let counter: Cell<number> | null = null
      const m = program('lost update', () => {
        const word = (counter = inner())
        const path = function* () {
          for (let n = 0; n < count; n++) yield* WRITE_ONCE(word, (yield* READ_ONCE(word)) + 1)
        }
        return Array.from({ length: tasks }, () => [{ path }])
      }).boot(options)
      m.atRest(() => {
        if (counter!.peek() < tasks * count) machine().report('lost-update', 'an update got lost')
      })
      return m
    },
  }
}

/** A handler that finds what only the middle of its task shows. */
const handlerInBetween = program('handler in between', () => {
  const word = new Cell('word', 0)
  const task = function* () {
    for (let n = 1; n <= 40; n++) yield* WRITE_ONCE(word, n)
  }
  const nmi = function* () {
    if ((yield* READ_ONCE(word)) === 23) machine().report('seen', 'the middle was seen')
  }
  return [[{ path: task }, { level: Level.Nmi, path: nmi }]]
})

const RANDOM: readonly (readonly [string, () => Strategy])[] = [
  ['the random walk', uniformWalk],
  ['PCT', pct],
  ['POS', pos],
  ['URW', urw],
  ['SURW', surw],
]

test.each(RANDOM)('%s gives the same schedules for the same seed, and others for another', (_, strategy) => {
  const moves = (seed: number): readonly number[] =>
    sample(lostUpdate(3, 3), strategy(), { seed, schedules: 200 }).findings[0]!.moves
  expect(moves(1)).toEqual(moves(1))
  expect(moves(1)).not.toEqual(moves(2))
})

test.each(RANDOM)(
  '%s finds a preemption between two steps of a task, and its schedule replays',
  (_, strategy) => {
    const prog = lostUpdate(2, 3)
    const [found] = sample(prog, strategy(), { seed: 7, schedules: 500 }).findings
    const deviations = deviationsOf(prog, found!.moves)
    const run = follow(prog, deviations, { strict: true })
    expect(sameFinding(run!.machine, found!.finding)).toEqual(found!.finding)
    const again = sample(prog, replay(deviations), { seed: 0, schedules: 2 })
    expect(again).toMatchObject({ executions: 1, exhausted: true })
    expect(again.findings[0]).toEqual({ ...found!, schedules: 1 })
  },
)

test.each([
  ['PCT', pct],
  ['URW', urw],
  ['SURW', surw],
])('%s finds the entry of a handler at one point of forty', (_, strategy) => {
  expect(sample(handlerInBetween, strategy(), { seed: 7, schedules: 500 }).findings).toHaveLength(1)
})

test.each([
  ...RANDOM.filter(([, strategy]) => strategy !== pct),
  ['PCT of depth 7', () => pct({ depth: 7 })] as const,
])('%s reaches all classes of counter(3,2) in the end', (_, strategy) => {
  const { coverage } = sample(counters(2, 2, 2), strategy(), { seed: 3, schedules: 3000, classes: true })
  expect(coverage!.distinct).toBe(90)
})

test('classes are told apart as the exhaustive exploration does', () => {
  const fingerprints = new Set<number>()
  const sampled = new Set<number | null>()
  explore(lostUpdate(2, 2), { onSchedule: (_machine, _moves, fp) => fingerprints.add(fp) })
  const onSchedule = (_machine: unknown, fp: number | null): void => void sampled.add(fp)
  sample(lostUpdate(2, 2), uniformWalk(), { seed: 1, schedules: 2000, classes: true, onSchedule })
  expect(sampled).toEqual(fingerprints)
})

/** Two CPUs that add to one word, and two more that do so after quiescence. */
const STAGED: Program = {
  name: 'staged',
  boot: (options) => {
    const word: Cell<number>[] = []
    const m = program('staged', () => {
      word.push(new Cell('x', 0))
      return [[adds(word[0]!, 1)], [adds(word[0]!, 1)]]
    }).boot(options)
    m.atQuiescence(() => {
      for (const name of ['probe a', 'probe b']) m.spawn(name, adds(word[0]!, 2).path)
    })
    return m
  },
}

test.each([...RANDOM, ['the preemption-bounded search', () => preemptionBounded(3)] as const])(
  '%s runs what follows quiescence, which belongs to no class',
  (_, strategy) => {
    const result = sample(STAGED, strategy(), { seed: 1, schedules: 50, classes: true })
    expect(result).toMatchObject({ longest: 6, cut: 0 })
    expect(result.steps).toBe(6 * result.executions)
    expect(result.coverage!.distinct).toBe(2)
  },
)

test('a finding counts the schedules that show it', () => {
  const seen: boolean[] = []
  const result = sample(lostUpdate(2, 1), pct(), {
    seed: 1,
    schedules: 300,
    onSchedule: (m) => seen.push(m.findings.length > 0),
  })
  expect(result.executions).toBe(300)
  expect(seen).toHaveLength(300)
  expect(result.findings[0]!.schedules).toBe(seen.filter(Boolean).length)
  expect(result).toMatchObject({ steps: 300 * 4, longest: 4, stopped: 0, cut: 0, exhausted: false })
})

test('a schedule is cut after the most steps, and is then of no class', () => {
  const options = { seed: 1, schedules: 5, maxSteps: 3, classes: true }
  const result = sample(lostUpdate(2, 10), uniformWalk(), options)
  expect(result).toMatchObject({ executions: 5, steps: 15, longest: 3, cut: 5, findings: [] })
  expect(result.coverage).toMatchObject({ sampled: 0, distinct: 0 })
})

test('a sample ends when it is told to', () => {
  let asked = 0
  const result = sample(counters(1, 1), uniformWalk(), { seed: 1, schedules: 100, stop: () => ++asked === 4 })
  expect(result.executions).toBe(4)
})

test('a deviation that is impossible is left out of a replay, and named', () => {
  const strategy = replay([
    { step: 0, index: 1 },
    { step: 1, index: 7 },
    { step: 40, index: 0 },
  ])
  const result = sample(counters(2, 2), strategy, { seed: 0, schedules: 10 })
  expect(result).toMatchObject({ executions: 1, steps: 4 })
  expect(strategy.impossible).toEqual([
    { step: 1, index: 7 },
    { step: 40, index: 0 },
  ])
})

test('a bound of no preemption covers the plain orders of the CPUs only', () => {
  const strategy = preemptionBounded(0)
  const result = sample(counters(2, 2, 2), strategy, { seed: 0, schedules: Infinity, classes: true })
  expect(result.exhausted).toBe(true)
  expect(result.coverage!.distinct).toBe(6)
  expect(strategy.covered).toBe(false)
})

test('a bound that leaves nothing out covers every class, and the search ends there', () => {
  const strategy = preemptionBounded(100)
  const result = sample(counters(2, 2, 2), strategy, { seed: 0, schedules: Infinity, classes: true })
  expect(result.coverage!.distinct).toBe(90)
  expect(strategy.covered).toBe(true)
  expect(strategy.bound).toBeLessThanOrEqual(4)
})
