import { MAP_TYPES } from '@bottom-half/deferred-work'
import { WORKLOADS } from '@bottom-half/workloads'
import { expect, test } from 'vitest'
import { lookUp, nameOf, planOf } from '../src/cells.ts'
import { DESIGNS } from '../src/designs.ts'

const everything = { designs: DESIGNS, workloads: WORKLOADS, maps: MAP_TYPES }

test('the plan has each design under each workload with each choice of its parameters, once', () => {
  const plan = planOf(everything)
  const choices = WORKLOADS.reduce((sum, { maps, targets }) => sum + maps.length * targets.length, 0)
  expect(plan).toHaveLength(DESIGNS.length * choices)
  expect(new Set(plan.map(nameOf)).size).toBe(plan.length)
})

test('a cell that does not apply stays in the plan, with the capability that is missing', () => {
  const missing = planOf(everything).filter((cell) => cell.missing !== null)
  const unable = new Set(DESIGNS.filter(({ capabilities }) => !capabilities.targetsTask).map(({ id }) => id))
  const expected = planOf(everything).filter(
    (c) => c.workload === 'submit-vs-task-exit' && unable.has(c.design),
  )
  expect(missing).toEqual(expected)
  expect(missing[0]!.missing).toContain('targetsTask')
})

test('the names of each cell of the plan stand for it, and go into a token', () => {
  for (const { missing: _, ...cell } of planOf(everything)) {
    const named = lookUp(cell.design, cell.revision, cell.workload, cell.map, cell.target)
    expect(named).toMatchObject({ cell, design: { id: cell.design }, workload: { id: cell.workload } })
    expect(nameOf(cell)).not.toContain('.')
  }
})
