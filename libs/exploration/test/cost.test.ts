import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareCosts, compareSchedules, type Costed, ddmin } from '../src/index.ts'

const few = fc.nat(2)
const cost = fc.record({ preemptions: few, frames: few, steps: few, values: few })
const deviations = fc.array(fc.record({ step: few, index: few }), { maxLength: 2 })
const costed: fc.Arbitrary<Costed> = fc.record({ cost, deviations })

test('the order of schedules is total: of two, one comes first, unless they are equal in everything', () => {
  fc.assert(
    fc.property(costed, costed, (a, b) => {
      expect(Math.sign(compareSchedules(a, b))).toBe(0 - Math.sign(compareSchedules(b, a)))
      expect(compareSchedules(a, b) === 0).toBe(JSON.stringify(a) === JSON.stringify(b))
      expect(compareSchedules(a, { cost: { ...a.cost }, deviations: [...a.deviations] })).toBe(0)
    }),
    { numRuns: 2000, seed: 1 },
  )
})

test('the order of schedules is transitive', () => {
  fc.assert(
    fc.property(costed, costed, costed, (a, b, c) => {
      fc.pre(compareSchedules(a, b) <= 0 && compareSchedules(b, c) <= 0)
      expect(compareSchedules(a, c)).toBeLessThanOrEqual(0)
    }),
    { numRuns: 2000, seed: 2 },
  )
})

test('preemptions weigh more than handlers, handlers more than steps, steps more than outcomes', () => {
  const none = { preemptions: 0, frames: 0, steps: 0, values: 0 }
  const order = [
    { ...none, values: 99 },
    { ...none, steps: 1 },
    { ...none, steps: 99, values: 99 },
    { ...none, frames: 1 },
    { ...none, frames: 99, steps: 99, values: 99 },
    { ...none, preemptions: 1 },
  ]
  expect(order.toReversed().sort(compareCosts)).toEqual(order)
})

test('delta debugging leaves items of which none can be left out alone', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 12 }), fc.array(fc.array(fc.nat(11))), (values, groups) => {
      const items = values.map((value, i) => ({ value, i }))
      // Shows if all of one group of positions is there.
      const shows = (rest: readonly { i: number }[]): boolean =>
        groups.some((group) => group.every((g) => rest.some(({ i }) => i === g)))
      fc.pre(shows(items))
      const kept = ddmin(items, shows)
      expect(shows(kept)).toBe(true)
      for (const left of kept) expect(shows(kept.filter((item) => item !== left))).toBe(false)
      expect(kept).toEqual(items.filter((item) => kept.includes(item)))
    }),
    { numRuns: 500, seed: 3 },
  )
})

test('delta debugging of one item that is enough takes about twice the logarithm of tests', () => {
  const items = Array.from({ length: 256 }, (_, i) => i)
  let tests = 0
  const kept = ddmin(items, (rest) => {
    tests++
    return rest.includes(200)
  })
  expect(kept).toEqual([200])
  expect(tests).toBeLessThan(2 * Math.log2(256) + 3)
})
