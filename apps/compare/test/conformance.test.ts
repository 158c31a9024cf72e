import { conformance } from '@bottom-half/conformance'
import { describe, expect, test } from 'vitest'
import { DESIGNS, REVISION } from '../src/designs.ts'

describe.each(DESIGNS)('$id', (design) => {
  test.each(conformance(design))('$name', (claim) => {
    expect(() => claim.check()).not.toThrow()
  })

  test('has the revision that is compared', () => {
    expect(design.revisions.map(({ id }) => id)).toContain(REVISION)
  })
})
