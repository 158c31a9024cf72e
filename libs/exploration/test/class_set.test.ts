import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { ClassSet } from '../src/class_set.ts'

const SEED = 20261128

test(`keeps what a Set keeps, of 20,000 numbers of up to 53 bits (seed ${SEED})`, () => {
  const rng = xoroshiro128plus(SEED)
  const [set, expected] = [new ClassSet(), new Set<number>()]
  for (let n = 0; n < 20_000; n++) {
    const number = uniformInt(rng, 0, 2 ** (1 + (n % 53)) - 1)
    expect(set.add(number)).toBe(!expected.has(number))
    expected.add(number)
  }
  expect(set.values().toSorted()).toEqual(Float64Array.from(expected).toSorted())
})

test('keeps the first million, and knows no others', () => {
  const set = new ClassSet()
  for (let number = 0; number < 2 ** 20; number++) set.add(number)
  expect([set.add(2 ** 20), set.add(2 ** 20), set.add(7)]).toEqual([true, true, false])
  expect(set.values()).toHaveLength(2 ** 20)
})
