import { explore } from '@bottom-half/exploration'
import { expect, test } from 'vitest'
import type { Cell } from '../src/cells.ts'
import { DESIGNS, REVISION } from '../src/designs.ts'
import { EndingCount } from '../src/ending_count.ts'
import { exploreCell } from '../src/explore_cell.ts'
import { scenarioOf } from '../src/scenario.ts'

const design = DESIGNS.find(({ capabilities }) => capabilities.targetsTask)!.id
const cell: Cell = {
  design,
  revision: REVISION,
  workload: 'submit-vs-delete',
  map: 'hash',
  target: 'current',
}
const noProgress = (): void => {}

test('an exploration that covers every schedule has no reason to be inconclusive, and runs no random schedule', () => {
  const { result, reason, findings } = exploreCell(
    cell,
    { budget: 100_000, seed: 1, memory: 'sc' },
    noProgress,
  )
  expect(reason).toBeNull()
  expect(result).toMatchObject({ ...cell, applicable: true, exhausted: true })
  expect(result.executions).toBeGreaterThanOrEqual(result.schedules)
  expect(Object.keys(result.endings)).toContain('ran')
  expect(new Set(findings.map(({ id }) => id)).size).toBe(findings.length)
  // What is left over at rest is the fault of no step.
  const shown = findings.filter(({ kind }) => kind !== 'leak')
  expect(shown).not.toEqual([])
  for (const { steps } of shown) expect(steps.some(({ race }) => race)).toBe(true)
}, 60_000)

test('each accepted submit of each run has one ending', () => {
  const { result } = exploreCell(cell, { budget: 100_000, seed: 1, memory: 'sc' }, noProgress)
  const scenario = scenarioOf(cell, 'sc')
  const endings = new EndingCount()
  explore(scenario.program, { onSchedule: (machine) => endings.add(scenario.endingsOf(machine)) })
  expect(result.endings).toEqual(endings.counts())
}, 60_000)

test('where the budget ends random schedules follow, the same ones for the same seed, and the reason tells what was covered', () => {
  const bounds = { budget: 3, seed: 5, memory: 'sc' } as const
  const { result, reason, findings } = exploreCell(cell, bounds, noProgress)
  expect(reason).toBe(
    'the budget of 3 schedules ended: 3 classes of schedules were covered, and 1000 random schedules were tried',
  )
  expect(result).toMatchObject({ executions: 1003, schedules: 3, exhausted: false })
  expect(exploreCell(cell, bounds, noProgress)).toEqual({ result, reason, findings })
  expect(exploreCell(cell, { ...bounds, seed: 6 }, noProgress).result).not.toEqual(result)
}, 60_000)

test('under x86-TSO each finding of sequential consistency is there again, and says that it needs nothing weaker', () => {
  const small = { ...cell, workload: 'one-submit' }
  const [sc, tso] = (['sc', 'tso'] as const).map((memory) =>
    exploreCell(small, { budget: 20_000, seed: 1, memory }, noProgress),
  )
  expect(tso!.reason).toBeNull()
  expect(sc!.findings.map(({ memory }) => memory)).not.toContain('tso')
  const shown = (of: typeof sc, memory: string): string[] =>
    of!.findings.filter((each) => each.memory === memory).map(({ token }) => token)
  expect(shown(tso, 'sc')).toEqual(shown(sc, 'sc'))
  // A store may be late: there are more schedules.
  expect(tso!.result.schedules).toBeGreaterThanOrEqual(sc!.result.schedules)
}, 60_000)
