import { expect, test } from 'vitest'
import { WORKLOADS } from '../src/index.ts'

test('one holder may be delayed in submit-vs-last-uref and none elsewhere, as README.md and docs/kernel-model.md say', () => {
  const granted = WORKLOADS.filter(({ delayedHolders = 0 }) => delayedHolders > 0)
  expect(granted.map(({ id, delayedHolders }) => [id, delayedHolders])).toEqual([['submit-vs-last-uref', 1]])
})
