import { WORKLOADS } from '@bottom-half/workloads'
import { expect, test } from 'vitest'
import { type PlannedCell, planOf } from '../src/cells.ts'
import { DESIGNS } from '../src/designs.ts'
import { exploreAll } from '../src/pool.ts'

const bounds = { budget: 100, seed: 1, memory: 'sc' } as const
const nobody = { running() {}, finished() {} }
const signal = new AbortController().signal
const plan = planOf({ designs: DESIGNS, workloads: WORKLOADS.slice(0, 1), maps: ['hash'] })

test('each cell that applies is explored once, and the watcher is told', async () => {
  const unable: PlannedCell = { ...plan[0]!, missing: 'a capability' }
  const finished: number[] = []
  const watcher = { running() {}, finished: (at: number) => finished.push(at) }
  const explored = await exploreAll([unable, ...plan], { workers: 2, bounds, signal }, watcher)
  const expected = plan.map((_, n) => n + 1)
  expect([...explored.keys()].toSorted((a, b) => a - b)).toEqual(expected)
  expect(finished.toSorted((a, b) => a - b)).toEqual(expected)
  for (const [at, { result }] of explored) expect(result).toMatchObject({ design: plan[at - 1]!.design })
}, 60_000)

test('a defect of the lab in a worker ends the run', async () => {
  const wrong = { ...plan[0]!, design: 'nobody' }
  const run = exploreAll([wrong, ...plan], { workers: 1, bounds, signal }, nobody)
  await expect(run).rejects.toThrow('[lab bug] there is no design "nobody"')
}, 60_000)

test('after an interrupt nothing begins, and what was finished is kept', async () => {
  const aborter = new AbortController()
  const watcher = { running() {}, finished: () => aborter.abort() }
  const explored = await exploreAll(plan, { workers: 1, bounds, signal: aborter.signal }, watcher)
  expect(explored.size).toBe(1)
}, 60_000)
