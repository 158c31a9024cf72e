import type { Finding, Machine } from '@bottom-half/kernel-model'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import {
  compareSchedules,
  type Costed,
  deviationsOf,
  enumerateSchedules,
  explore,
  follow,
  minimise,
  type Program,
  sample,
  sameFinding,
  uniformWalk,
} from '../src/index.ts'
import { programOf, randomSketch } from './random_program.ts'

/** The schedule up to the finding with its cost, counted here from what the machine offers and does. */
function costedUpTo(program: Program, moves: readonly number[], wanted: Finding): Costed {
  const machine = program.boot({ tracing: false })
  const cost = { preemptions: 0, frames: 0, steps: 0, values: 0 }
  let top: Machine['event'] = null
  for (const move of moves) {
    if (sameFinding(machine, wanted) !== undefined) break
    const couldGoOn = machine.moves().some((each) => each >> 4 === top?.frame.index)
    machine.perform(move)
    if (couldGoOn && machine.event!.frame !== top!.frame) cost.preemptions++
    if (machine.event!.entered) cost.frames++
    cost.steps++
    cost.values += move & 15
    top = { ...machine.event! }
  }
  return { cost, deviations: deviationsOf(program, moves).filter(({ step }) => step < cost.steps) }
}

/** The first in the order of all schedules that show the finding; null if there are too many schedules. */
function cheapestOfAll(program: Program, wanted: Finding, most: number): Costed | null {
  let best: Costed | null = null
  const count = enumerateSchedules(program, most, (machine, moves) => {
    if (sameFinding(machine, wanted) === undefined) return
    const costed = costedUpTo(program, moves, wanted)
    if (best === null || compareSchedules(costed, best) < 0) best = costed
  })
  return count < 0 ? null : best
}

test('on 60 random programs (seed 9) the minimised schedule is the first in the order of all schedules that show the finding, and says so', () => {
  const rng = xoroshiro128plus(9)
  let checked = 0
  let preempting = 0
  while (checked < 60) {
    const program = programOf(randomSketch((n) => uniformInt(rng, 0, n - 1)))
    const { findings } = explore(program, { maxExecutions: 300 })
    const found = findings.at(-1)
    if (found === undefined) continue
    const cheapest = cheapestOfAll(program, found.finding, 300)
    if (cheapest === null) continue
    checked++
    const minimised = minimise(program, found.moves, found.finding, 100_000)!
    expect(minimised).toMatchObject({ ...cheapest, proven: true })
    preempting += Math.min(1, minimised.cost.preemptions)
    const replayed = follow(program, minimised.deviations, { strict: true })!
    expect(sameFinding(replayed.machine, found.finding)).toMatchObject({ step: minimised.finding.step })
  }
  // Not all of them show their finding in the plain schedule.
  expect(preempting).toBeGreaterThan(12)
}, 120_000)

test('whatever the budget, the result shows the finding, is no worse than what it began with, and does not claim what was not tried', () => {
  const rng = xoroshiro128plus(10)
  let checked = 0
  while (checked < 40) {
    const program = programOf(randomSketch((n) => uniformInt(rng, 0, n - 1)))
    const found = sample(program, uniformWalk(), { seed: 3, schedules: 30 }).findings[0]
    if (found === undefined) continue
    checked++
    const start = costedUpTo(program, found.moves, found.finding)
    const best = minimise(program, found.moves, found.finding, 20_000)!
    for (const budget of [0, 1, 2, 5, 20]) {
      const minimised = minimise(program, found.moves, found.finding, budget)!
      expect(minimise(program, found.moves, found.finding, budget)).toEqual(minimised)
      expect(minimised.runs).toBeLessThanOrEqual(Math.max(1, budget))
      expect(compareSchedules(minimised, start)).toBeLessThanOrEqual(0)
      expect(minimised.proven && compareSchedules(minimised, best) !== 0).toBe(false)
      const { machine } = follow(program, minimised.deviations, { strict: true })!
      expect(sameFinding(machine, found.finding)).toBeDefined()
    }
  }
}, 60_000)

test('a schedule that does not show the finding gives null', () => {
  const program = programOf({ cpus: 1, words: 1, frames: [] })
  const wanted = { kind: 'leak', title: 'of nothing', step: 0, involved: [], fatal: false }
  expect(minimise(program, [], wanted, 10)).toBeNull()
})
