import { expect, test } from 'vitest'
import { sample, uniformWalk, urw } from '../../src/index.ts'
import { ClassCounts, coverageOf } from '../../src/strategies/coverage.ts'
import { counters } from './programs.ts'

// The spiders of two canopies (Ellison and others 2010), as the documentation of the R package iNEXT prints them.
test.each([
  ['girdled', 168, 26, 12, 4, 43.893, 30.511, 96.971],
  ['logged', 252, 37, 14, 4, 61.403, 43.502, 128.583],
])(
  'Chao1 of the published sample "%s" is the published estimate and interval',
  (_name, n, distinct, f1, f2, estimate, low, high) => {
    const { classes } = coverageOf(n, distinct, f1, f2)
    expect(classes.estimate).toBeCloseTo(estimate, 2)
    expect(classes.low).toBeCloseTo(low, 2)
    expect(classes.high).toBeCloseTo(high, 2)
  },
)

test('a sample whose classes were all met several times claims that none is left', () => {
  expect(coverageOf(100, 6, 0, 3)).toMatchObject({
    classes: { estimate: 6, low: 6, high: 6 },
    seen: { estimate: 1 },
  })
})

test('one singleton without a doubleton leaves the number of classes open', () => {
  expect(coverageOf(1, 1, 1, 0)).toMatchObject({ classes: { high: Infinity }, seen: { estimate: 0 } })
  expect(coverageOf(0, 0, 0, 0)).toMatchObject({ seen: { estimate: 0, low: 0, high: 1 } })
})

test('classes are counted by how often they were met', () => {
  const counts = new ClassCounts()
  for (const fingerprint of [1, 1, 2, 3, 3, 3, 4]) counts.add(fingerprint)
  expect(counts.coverage()).toMatchObject({ sampled: 7, distinct: 4, singletons: 2, doubletons: 1 })
})

const SAMPLES = 100

/** In how many of so many samples the property holds. */
function often(holds: (seed: number) => boolean): number {
  return Array.from({ length: SAMPLES }, (_, seed) => holds(seed)).filter(Boolean).length
}

test(`where all classes are equally likely, the interval has the 90 classes of counter(3,2) in 90 of ${SAMPLES} samples at least`, () => {
  const right = often((seed) => {
    const { coverage } = sample(counters(2, 2, 2), urw(), { seed, schedules: 150, classes: true })
    return coverage!.classes.low <= 90 && 90 <= coverage!.classes.high
  })
  expect(right).toBeGreaterThanOrEqual(90)
})

test(`where they are not, the lower end is at most 90 in 95 of ${SAMPLES} samples at least`, () => {
  const right = often((seed) => {
    const { coverage } = sample(counters(2, 2, 2), uniformWalk(), { seed, schedules: 150, classes: true })
    return coverage!.distinct < 90 && coverage!.classes.low <= 90
  })
  expect(right).toBeGreaterThanOrEqual(95)
})

test('the probability that the next schedule shows nothing new is in its interval in 90 of 100 samples at least', () => {
  const right = often((seed) => {
    const seen = new Set<number>()
    const total = 60
    const onSchedule = (_machine: unknown, fingerprint: number | null): void => void seen.add(fingerprint!)
    const { coverage } = sample(counters(2, 2, 2), urw(), {
      seed,
      schedules: total,
      classes: true,
      onSchedule,
    })
    // All 90 classes are equally likely.
    const truth = seen.size / 90
    return coverage!.seen.low <= truth && truth <= coverage!.seen.high
  })
  expect(right).toBeGreaterThanOrEqual(90)
})
