import { expect, test } from 'vitest'
import { progressLine, type ProgressFigures } from '../src/index.ts'

const figures: ProgressFigures = {
  executions: 12_345,
  perSecond: 5_530,
  depth: 23,
  elapsed: 2.2,
  estimate: { mean: 40_123, low: 32_000, high: 48_200, fractionDone: 0.3 },
}
const total = (mean: number, off: number) => ({ mean, low: mean - off, high: mean + off, fractionDone: 0.5 })

test.each<[string, Partial<ProgressFigures>, string]>([
  ['with bars', {}, '12,345 of about 40,000 ± 8,000 runs  5,500/s  depth 23  2 s, about 5 s left'],
  ['without an estimate', { estimate: null }, '12,345 runs  5,500/s  depth 23  2 s'],
  [
    'before the first run',
    {
      executions: 0,
      perSecond: 0,
      elapsed: 0,
      depth: 0,
      estimate: { ...total(Number.NaN, 0), high: Infinity },
    },
    '0 runs  0/s  depth 0  0 s',
  ],
  [
    'without bars so far',
    { estimate: { ...total(40_123, 0), high: Infinity } },
    '12,345 of perhaps 40,000 runs  5,500/s  depth 23  2 s, about 5 s left',
  ],
  [
    'at the end',
    { estimate: total(12_345, 0) },
    '12,345 of 12,345 runs  5,500/s  depth 23  2 s, about 0 s left',
  ],
  [
    'more than estimated',
    { estimate: total(12_000, 500) },
    '12,345 of about 12,000 ± 500 runs  5,500/s  depth 23  2 s, about 0 s left',
  ],
  [
    'for hours',
    { elapsed: 3725, estimate: total(100_000_000, 30_000_000) },
    '12,345 of about 100,000,000 ± 30,000,000 runs  5,500/s  depth 23  1 h 2 min, about 5 h 1 min left',
  ],
  [
    'for minutes and days',
    { elapsed: 61, perSecond: 100, estimate: total(20_000_000, 0.5) },
    '12,345 of about 20,000,000 ± 1 runs  100/s  depth 23  1 min 1 s, about 2 d 7 h left',
  ],
  [
    'beyond counting',
    { estimate: total(3e20, 1e20) },
    '12,345 of about 10^20 ± 10^20 runs  5,500/s  depth 23  2 s, about years left',
  ],
])('the line %s', (_, changed, expected) => {
  expect(progressLine({ ...figures, ...changed })).toBe(expected)
})
