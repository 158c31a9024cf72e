import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { explore, type ExplorationState } from '../src/index.ts'
import { ShareEstimate } from '../src/share_estimate.ts'
import { FAMILIES, programOf, randomSketch } from './random_program.ts'

const SEED = 20261128

test.each(FAMILIES)(
  `in the course of 20 random programs of the family %s (seed ${SEED}) what is left has from 0 to 1 of the tree, and in the end nothing is left`,
  (family) => {
    const rng = xoroshiro128plus(SEED)
    let states = 0
    for (let n = 0; n < 20; n++) {
      const program = programOf(randomSketch((below) => uniformInt(rng, 0, below - 1), family))
      let runs = 0
      explore(program, {
        maxExecutions: 300,
        checkpoint: {
          due: () => ++runs % 5 === 0,
          save: ({ parts, totals }) => {
            states++
            const left = parts.reduce((sum, { share }) => sum + share, 0)
            expect(Math.min(...parts.map(({ share }) => share), 1)).toBeGreaterThanOrEqual(0)
            expect(left).toBeLessThanOrEqual(1 + 1e-9)
            const done = totals.chunks.reduce((sum, { share }) => sum + share, 0)
            expect(done + left).toBeCloseTo(1, 6)
          },
        },
      })
    }
    expect(states).toBeGreaterThan(5)
  },
)

test('of a search that is done the estimate is what it came to, without an error', () => {
  const estimate = new ShareEstimate()
  for (let i = 0; i < 100; i++) estimate.add(7, 0.01)
  expect(estimate.total()).toEqual({ mean: 700, low: 700, high: 700, fractionDone: 1 })
})

test('where chunks are alike the estimate is exact, and where they differ the bars hold the total', () => {
  const even = new ShareEstimate()
  for (let i = 0; i < 40; i++) even.add(7, 0.01)
  expect(even.total().mean).toBeCloseTo(700)
  expect(even.total().high).toBeCloseTo(700)
  const rng = xoroshiro128plus(SEED)
  const uneven = new ShareEstimate()
  let leaves = 0
  for (let i = 0; i < 1000; i++) {
    const more = uniformInt(rng, 0, 20)
    leaves += more
    if (i < 400) uneven.add(more, 0.001)
  }
  const { low, high, mean } = uneven.total()
  expect(low).toBeLessThan(leaves)
  expect(high).toBeGreaterThan(leaves)
  expect(high - low).toBeLessThan(mean / 2)
})

test('nothing is estimated of a search that did not begin, and without bars of one that just did', () => {
  const estimate = new ShareEstimate()
  expect(estimate.total().mean).toBeNaN()
  estimate.add(3, 0.1)
  expect(estimate.total()).toMatchObject({ low: 3, high: Infinity })
})

test('the parts may be explored in any order: counts and findings are the same', () => {
  const rng = xoroshiro128plus(SEED)
  let findings = 0
  for (let n = 0; n < 250; n++) {
    const family = FAMILIES[n % FAMILIES.length]!
    const program = programOf(randomSketch((below) => uniformInt(rng, 0, below - 1), family))
    const whole = explore(program, { maxExecutions: 400 })
    if (!whole.exhausted) continue
    let runs = uniformInt(rng, 1, 20)
    let saved: ExplorationState | null = null
    explore(program, {
      stop: () => --runs <= 0,
      checkpoint: { due: () => false, save: (state) => (saved = state) },
    })
    if (saved === null) continue
    const { parts, totals, ordered } = saved as ExplorationState
    expect(explore(program, { resume: { parts: parts.toReversed(), totals, ordered } })).toEqual(whole)
    if (parts.length > 1) findings += whole.findings.length
  }
  expect(findings).toBeGreaterThan(5)
})
