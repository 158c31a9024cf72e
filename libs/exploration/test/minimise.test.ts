import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { deviationsOf, enumerateSchedules, explore, follow, minimise, sameFinding } from '../src/index.ts'
import { programOf, randomSketch } from './random_program.ts'

test('on 60 random programs (seed 9) a minimised schedule shows the same finding with as few deviations as any schedule', () => {
  const rng = xoroshiro128plus(9)
  let checked = 0
  while (checked < 60) {
    const program = programOf(randomSketch((n) => uniformInt(rng, 0, n - 1)))
    const { findings } = explore(program, { maxExecutions: 300 })
    const found = findings[0]
    if (found === undefined) continue
    let fewest = Infinity
    const count = enumerateSchedules(program, 300, (machine, moves) => {
      const shown = sameFinding(machine, found.finding)
      if (shown === undefined) return
      const upTo = deviationsOf(program, moves).filter((d) => d.step <= shown.step)
      fewest = Math.min(fewest, upTo.length)
    })
    if (count < 0) continue
    checked++
    const minimised = minimise(program, found.moves, found.finding, 100_000)!
    expect(minimised.proven).toBe(true)
    expect(minimised.deviations.length).toBe(fewest)
    const replayed = follow(program, minimised.deviations, { strict: true })!
    expect(sameFinding(replayed.machine, found.finding)).toMatchObject({ step: minimised.finding.step })
  }
}, 120_000)
