import { expect, test } from 'vitest'
import { Chance } from '../../src/strategies/chance.ts'
import { chiSquare } from './chi_square.ts'

const draws = (chance: Chance, n: number, count: number): number[] =>
  Array.from({ length: count }, () => chance.below(n))

test('a run has the same stream whatever ran before it, and another one than its neighbours', () => {
  const fresh = draws(new Chance(5, 3), 1000, 20)
  const reused = new Chance(5)
  draws(reused, 7, 13)
  reused.reset(5, 3)
  expect(draws(reused, 1000, 20)).toEqual(fresh)
  expect(draws(new Chance(5, 4), 1000, 20)).not.toEqual(fresh)
  expect(draws(new Chance(6, 3), 1000, 20)).not.toEqual(fresh)
})

test.each([2, 3, 7, 1000])('each of %i numbers is as likely as any other (seed 1)', (n) => {
  const counts = Array.from<number>({ length: n }).fill(0)
  for (const drawn of draws(new Chance(1), n, 100 * n)) counts[drawn]!++
  expect(chiSquare(counts)).toBeGreaterThan(0.001)
})

test.each([2, 3, 12])('so it is for the first of %i numbers of each of many runs (seed 1)', (n) => {
  const counts = Array.from<number>({ length: n }).fill(0)
  const chance = new Chance(0)
  for (let run = 0; run < 1000 * n; run++) {
    chance.reset(1, run)
    counts[chance.below(n)]!++
  }
  expect(chiSquare(counts)).toBeGreaterThan(0.001)
})

test('a number is drawn again where the words left over would favour some', () => {
  // Of 2^32 words, 2^32 mod 3 = 1 is rejected: the one whose product with 3 has a low part below 1.
  const chance = new Chance(1)
  const words = [0, 0x8000_0000]
  Object.assign(chance, { generator: { next: () => words.shift()! } })
  expect(chance.below(3)).toBe(1)
  expect(words).toEqual([])
})
