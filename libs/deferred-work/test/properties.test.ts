import { LabBug } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { PROPERTIES, propertyOf } from '../src/index.ts'

test('each property of the issue is there, once', () => {
  expect(PROPERTIES.map(({ id }) => id)).toEqual([
    'no-use-after-free',
    'no-double-free',
    'no-bad-pointer',
    'no-leak',
    'exactly-once',
    'no-callback-after-free',
    'callback-context',
    'no-deadlock',
    'no-context-violation',
    'refcounts-sound',
    'no-value-stuck',
    'teardown-ends',
    'no-data-race',
    'list-integrity',
    'no-warn',
  ])
})

test('a kind of finding violates exactly one property', () => {
  const kinds = PROPERTIES.flatMap((property) => property.kinds)
  expect(new Set(kinds).size).toBe(kinds.length)
  for (const { id, kinds: own } of PROPERTIES) for (const kind of own) expect(propertyOf(kind)).toBe(id)
})

test('a kind that no property owns is a lab bug', () => {
  expect(() => propertyOf('solar-flare')).toThrow(LabBug)
})

test('a sentence claims one thing and ends', () => {
  for (const { sentence } of PROPERTIES) expect(sentence).toMatch(/^[A-Z].*\.$/)
})
