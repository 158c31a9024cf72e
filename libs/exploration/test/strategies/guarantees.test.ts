import { Cell, Level, machine, READ_ONCE, WRITE_ONCE } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { pct, pos, type Program, sample, type Strategy, surw, uniformWalk, urw } from '../../src/index.ts'
import { chiSquare } from './chi_square.ts'
import { adds, counters, program } from './programs.ts'

/** How often each class was met, most often first; without the first run, which may be a profile. */
function frequencies(prog: Program, strategy: Strategy, schedules: number): number[] {
  const counts = new Map<number, number>()
  let run = 0
  const onSchedule = (_machine: unknown, fp: number | null): void => {
    if (run++ > 0) counts.set(fp!, (counts.get(fp!) ?? 0) + 1)
  }
  sample(prog, strategy, { seed: 20261128, schedules: schedules + 1, classes: true, onSchedule })
  return [...counts.values()].sort((a, b) => b - a)
}

/** Below this a distribution is not taken for uniform; with fixed seeds it is no matter of luck. */
const SIGNIFICANT = 0.001

test('URW meets each of the 6 interleavings of counter(2,2) equally often', () => {
  const counts = frequencies(counters(2, 2), urw(), 3000)
  expect(counts).toHaveLength(6)
  expect(chiSquare(counts)).toBeGreaterThan(SIGNIFICANT)
})

test('URW meets each of the 9 interleavings of a CPU with 8 steps and one with 1 equally often, and the random walk does not', () => {
  const uniform = frequencies(counters(8, 1), urw(), 3000)
  expect(uniform).toHaveLength(9)
  expect(chiSquare(uniform)).toBeGreaterThan(SIGNIFICANT)
  const walked = frequencies(counters(8, 1), uniformWalk(), 3000)
  expect(chiSquare(walked)).toBeLessThan(1e-6)
  // The short one comes first in every other schedule.
  expect(walked[0]! / 3000).toBeCloseTo(1 / 2, 1)
})

test('URW lets handlers of two levels come in at each of their places equally often, beside another CPU', () => {
  const prog = program('nested', () => {
    const word = new Cell('x', 0)
    const handler = (level: Level) => ({ ...adds(word, 1), level })
    return [[adds(word, 2), handler(Level.Nmi), handler(Level.Hardirq)], [adds(word, 1)]]
  })
  const counts = new Map<string, number>()
  const record = (m: { frames: readonly { name: string }[] }, taken: string): void => {
    expect(m.frames).toHaveLength(4)
    counts.set(taken, (counts.get(taken) ?? 0) + 1)
  }
  const strategy = urw()
  let taken: number[] = []
  const spy: Strategy = {
    name: 'spy',
    get footprints() {
      return strategy.footprints
    },
    begin: (run, chance) => {
      taken = []
      return strategy.begin(run, chance)
    },
    choose: (m, moves, step) => {
      const move = strategy.choose(m, moves, step)
      taken.push(move >> 4)
      return move
    },
    performed: (m) => strategy.performed!(m),
    end: (m, complete) => strategy.end!(m, complete),
  }
  let run = 0
  const onSchedule = (m: { frames: readonly { name: string }[] }): void => {
    if (run++ > 0) record(m, taken.join())
  }
  sample(prog, spy, { seed: 1, schedules: 5001, onSchedule })
  // Of the 2 steps of the host and the 2 events of each handler: 3 places of the hardirq, times 5 of the NMI, times 7 of the other CPU.
  expect(counts.size).toBe(105)
  expect(chiSquare([...counts.values()])).toBeGreaterThan(SIGNIFICANT)
}, 60_000)

/** A defect of depth 2: the reader has to come after write 23 and before write 24, of 40. */
const DEEP = program('one place of forty', () => {
  const word = new Cell('word', 0)
  const writer = function* () {
    for (let n = 1; n <= 40; n++) yield* WRITE_ONCE(word, n)
  }
  const reader = function* () {
    if ((yield* READ_ONCE(word)) === 23) machine().report('seen', 'the middle was seen')
  }
  return [[{ path: writer }], [{ path: reader }]]
})

test('PCT of depth 2 finds a defect of depth 2 as often as its bound of 1 / (n k) says, and the random walk does not', () => {
  const schedules = 5000
  const found = (strategy: Strategy): number =>
    sample(DEEP, strategy, { seed: 1, schedules }).findings[0]?.schedules ?? 0
  const bound = 1 / (2 * 41)
  const deviation = Math.sqrt((bound * (1 - bound)) / schedules)
  expect(found(pct({ depth: 2, length: 41 })) / schedules).toBeGreaterThan(bound - 3 * deviation)
  expect(found(uniformWalk())).toBe(0)
}, 60_000)

test('PCT of depth 1 runs one frame after the other, so that it never finds a defect of depth 2', () => {
  expect(sample(DEEP, pct({ depth: 1 }), { seed: 1, schedules: 1000 }).findings).toEqual([])
})

/** Two CPUs that race once, after many steps that nobody else sees. */
function lateRace(quiet: number): Program {
  return program('late race', () => {
    const shared = new Cell('shared', 0)
    return [quiet, 1].map((steps, i) => {
      const own = new Cell(`own ${i}`, 0)
      const path = function* () {
        for (let n = 1; n <= steps; n++) yield* WRITE_ONCE(own, n)
        yield* WRITE_ONCE(shared, i)
      }
      return [{ path }]
    })
  })
}

test.each([
  ['SURW in a third', surw, 1 / 3],
  ['POS in one of 14', pos, 1 / 14],
])(
  '%s of the schedules, at least, meets the rarer order of a race that comes after 12 steps of one CPU',
  (_, strategy, share) => {
    const [, rarer] = frequencies(lateRace(12), strategy(), 1000)
    expect(rarer! / 1000).toBeGreaterThan(share)
  },
)

test('the random walk almost never does, and URW seldom', () => {
  const rarer = (strategy: Strategy): number => frequencies(lateRace(12), strategy, 1000)[1] ?? 0
  expect(rarer(uniformWalk())).toBeLessThan(10)
  expect(rarer(urw())).toBeLessThan(200)
})
