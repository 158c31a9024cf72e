import { expect, test } from 'vitest'
import * as refcount from '../src/linux/refcount.ts'
import type { KernelPath } from '../src/machine/index.ts'
import { Drive } from './drive.ts'

/**
 * Runs `body` on a count that starts at `value`; gives the count after it, what body gave, and the findings.
 */
function run<T>(
  value: number,
  body: (r: refcount.refcount_t) => KernelPath<T>,
): { value: number; gave: T | undefined; titles: string[] } {
  const drive = new Drive()
  const r = new refcount.refcount_t('object#1.refs', value)
  let gave: T | undefined
  drive.task(drive.cpu(), function* () {
    gave = yield* body(r)
  })
  drive.run()
  return { value: r.refs.peek(), gave, titles: drive.titles() }
}

test('refcount_dec_and_test gives true for the last reference only', () => {
  expect(run(2, refcount.refcount_dec_and_test)).toEqual({ value: 1, gave: false, titles: [] })
  expect(run(1, refcount.refcount_dec_and_test)).toEqual({ value: 0, gave: true, titles: [] })
})

test('refcount_inc_not_zero refuses at zero and changes nothing', () => {
  expect(run(0, refcount.refcount_inc_not_zero)).toEqual({ value: 0, gave: false, titles: [] })
  expect(run(1, refcount.refcount_inc_not_zero)).toEqual({ value: 2, gave: true, titles: [] })
})

test('refcount_inc on zero saturates: addition on 0; use-after-free', () => {
  expect(run(0, refcount.refcount_inc)).toEqual({
    value: refcount.REFCOUNT_SATURATED,
    gave: undefined,
    titles: ['refcount-saturation: refcount_t: addition on 0; use-after-free on object.refs'],
  })
})

test('refcount_dec_and_test on zero saturates as underflow, and never gives true again', () => {
  const result = run(0, function* (r) {
    yield* refcount.refcount_dec_and_test(r)
    return yield* refcount.refcount_dec_and_test(r)
  })
  expect(result).toEqual({
    value: refcount.REFCOUNT_SATURATED,
    gave: false,
    titles: ['refcount-underflow: refcount_t: underflow; use-after-free on object.refs'],
  })
})

test('refcount_dec of the last reference is reported as a leak', () => {
  expect(run(1, refcount.refcount_dec).titles).toEqual([
    'refcount-underflow: refcount_t: decrement hit 0; leaking memory on object.refs',
  ])
})

test('a saturated count stays saturated and silent', () => {
  const result = run(refcount.REFCOUNT_SATURATED, function* (r) {
    yield* refcount.refcount_inc(r)
    return yield* refcount.refcount_inc_not_zero(r)
  })
  expect(result).toEqual({ value: refcount.REFCOUNT_SATURATED, gave: true, titles: [] })
})

test('refcount_set and refcount_read are one access each', () => {
  const result = run(1, function* (r) {
    yield* refcount.refcount_set(r, 5)
    return yield* refcount.refcount_read(r)
  })
  expect(result).toEqual({ value: 5, gave: 5, titles: [] })
})
