import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { calculatedCollision, FingerprintSet } from '../src/states/fingerprint_set.ts'

test('a set of fingerprints numbers each pair of lanes once, however much it grows', () => {
  const rng = xoroshiro128plus(1)
  // Few values, so that lanes are often equal, and places taken.
  const lane = (): number => uniformInt(rng, -40, 40)
  const model = new Map<string, number>()
  const set = new FingerprintSet(4)
  for (let i = 0; i < 20_000; i++) {
    const fingerprint = { a: lane(), b: lane() }
    const key = `${fingerprint.a},${fingerprint.b}`
    const known = model.get(key)
    expect(set.find(fingerprint)).toBe(known ?? -1)
    if (known !== undefined) continue
    model.set(key, model.size)
    expect(set.add(fingerprint)).toBe(model.size - 1)
  }
  expect(set.size).toBe(model.size)
  expect(set.size).toBeGreaterThan(6000)
})

test('the probability of a collision is that of TLC: calculated from the counts, and observed in the distances', () => {
  expect(calculatedCollision(1000, 5001)).toBe((1000 * 4001) / 2 ** 64)
  const set = new FingerprintSet()
  expect(set.observedCollision()).toBe(0)
  set.add({ a: 5, b: 0 })
  expect(set.observedCollision()).toBe(0)
  set.add({ a: 5, b: 1 })
  expect(set.observedCollision()).toBe(1 / 2 ** 32)
  set.add({ a: 1, b: 1 })
  expect(set.observedCollision()).toBe(1 / 4)
  // Lanes are unsigned: 2^32 - 2 in the lower one is 3 below 2^32 + 1; and -1 in the upper one is far from all.
  set.add({ a: -2, b: 0 })
  set.add({ a: 0, b: -1 })
  expect(set.observedCollision()).toBe(1 / 3)
})
