import { PROPERTIES } from '@bottom-half/deferred-work'
import type { FindingResult } from '@bottom-half/report'
import { expect, test } from 'vitest'
import type { PlannedCell } from '../src/cells.ts'
import type { Explored } from '../src/explore_cell.ts'
import { verdictsOf } from '../src/verdicts.ts'

const cell: PlannedCell = {
  design: 'rival',
  revision: 'as-posted',
  workload: 'one-submit',
  map: 'hash',
  target: 'current',
  missing: null,
}

function finding(id: string, property: string, kind: string): FindingResult {
  const { missing: _, ...where } = cell
  const shown = { title: kind, token: 't', memory: 'sc', preemptions: 0, schedules: 1 } as const
  return { id, ...where, property, kind, ...shown, steps: [] }
}

function explored(findings: readonly FindingResult[], reason: string | null): Explored {
  const { missing: _, ...where } = cell
  const counts = { executions: 9, schedules: 7, blocked: 0, steps: 90, longest: 10, stopped: 0 }
  const result = { ...where, applicable: true, ...counts, exhausted: reason === null, endings: {} }
  return { result, findings, reason }
}

const verdictOf = (id: string, of: Explored | null, at = cell) =>
  verdictsOf(at, of).find((v) => v.property === id)!

test('there is one verdict for each property, in their order', () => {
  expect(verdictsOf(cell, explored([], null)).map(({ property }) => property)).toEqual(
    PROPERTIES.map(({ id }) => id),
  )
})

test('a property holds if every schedule was covered and none shows a finding of it', () => {
  const verdict = verdictOf('no-leak', explored([finding('x', 'no-warn', 'warn')], null))
  expect(verdict).toMatchObject({ verdict: 'holds', schedules: 7, finding: null, reason: null })
})

test('a property is violated if a schedule shows a finding of it, also if the budget ended', () => {
  const verdict = verdictOf('no-leak', explored([finding('x', 'no-leak', 'leak')], 'the budget ended'))
  expect(verdict).toMatchObject({ verdict: 'violated', schedules: 7, finding: 'x', reason: null })
})

test('of several findings the gravest is the evidence', () => {
  const both = [
    finding('a', 'no-bad-pointer', 'null-dereference'),
    finding('b', 'no-bad-pointer', 'stale-pointer'),
  ]
  expect(verdictOf('no-bad-pointer', explored(both, null)).finding).toBe('b')
})

test('a property is inconclusive if the budget ended and nothing was found, with the reason', () => {
  const verdict = verdictOf('no-leak', explored([], 'the budget ended'))
  expect(verdict).toMatchObject({
    verdict: 'inconclusive',
    schedules: 7,
    finding: null,
    reason: 'the budget ended',
  })
})

test('nothing is claimed of a cell that does not apply, and the missing capability is named', () => {
  const verdict = verdictOf('no-leak', null, { ...cell, missing: 'targetsTask: cannot' })
  expect(verdict).toMatchObject({
    verdict: 'not applicable',
    schedules: 0,
    finding: null,
    reason: 'targetsTask: cannot',
  })
})
