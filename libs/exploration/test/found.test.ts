import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { compareShown, type FoundFinding } from '../src/found.ts'
import { deviationsOf, explore } from '../src/index.ts'
import { FAMILIES, programOf, randomSketch } from './random_program.ts'

const SEED = 20261128
const PROGRAMS = 200

test(`of all runs of ${PROGRAMS} random programs (seed ${SEED}) that show a finding the plainest is kept, and all are counted`, () => {
  const rng = xoroshiro128plus(SEED)
  let compared = 0
  for (let n = 0; n < PROGRAMS; n++) {
    const family = FAMILIES[n % FAMILIES.length]!
    const program = programOf(randomSketch((below) => uniformInt(rng, 0, below - 1), family))
    const all = new Map<string, Pick<FoundFinding, 'moves' | 'deviations'>[]>()
    const { findings } = explore(program, {
      maxExecutions: 200,
      onSchedule: (machine, moves) => {
        if (machine.findings.length === 0) return
        const shown = { moves: moves(), deviations: deviationsOf(program, moves()).length }
        for (const { kind, title } of machine.findings) {
          const key = `${kind} ${title}`
          all.set(key, [...(all.get(key) ?? []), shown])
        }
      },
      onRestart: () => all.clear(),
    })
    for (const { finding, moves, deviations, schedules } of findings) {
      const runs = all.get(`${finding.kind} ${finding.title}`)!
      expect(schedules).toBe(runs.length)
      expect({ moves, deviations }).toEqual(runs.toSorted(compareShown)[0])
      if (runs.length > 1) compared++
    }
    expect(findings.length).toBe(all.size)
  }
  expect(compared).toBeGreaterThan(10)
})
