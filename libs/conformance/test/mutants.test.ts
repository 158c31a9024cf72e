import { PROPERTIES } from '@bottom-half/deferred-work'
import { describe, expect, test } from 'vitest'
import { exploreCell, shown, workload } from './explored.ts'
import { MUTANTS } from './mutants/mutants.ts'
import { designOf } from './mutants/reference.ts'

test('each property has a mutant', () => {
  const covered = new Set(MUTANTS.map((mutant) => mutant.property))
  expect(PROPERTIES.map(({ id }) => id).filter((id) => !covered.has(id))).toEqual([])
})

describe.for(MUTANTS)('where $fault', ({ property, workload: id, create }) => {
  test(`exactly ${property} is violated, in some cell of ${id}`, () => {
    const design = designOf('mutant', create)
    const { maps, targets } = workload(id)
    const cells = maps.flatMap((map) => targets.map((target) => ({ map, target })))
    const all = cells.flatMap((parameters) => shown(exploreCell(design, workload(id), parameters)))
    expect(all).not.toEqual([])
    expect(all.filter((finding) => !finding.startsWith(`${property}: `))).toEqual([])
  }, 60_000)
})
