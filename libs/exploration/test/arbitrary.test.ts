import { atomic_fetch_add, Cell, Level, Machine, READ_ONCE, WRITE_ONCE } from '@bottom-half/kernel-model'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { scheduleArbitrary } from '../src/arbitrary.ts'
import { type Deviation, follow, type Program } from '../src/index.ts'

/** Two tasks that each increment x in two steps, after some steps that do not matter. */
function lostUpdate(rounds: number): Program {
  return {
    name: 'lost-update',
    boot: (options) => {
      const machine = new Machine(options)
      const x = new Cell('x', 0)
      const noise = new Cell('noise', 0)
      for (let i = 0; i < 2; i++) {
        const path = function* () {
          for (let n = 0; n < rounds; n++) yield* atomic_fetch_add(1, noise)
          yield* WRITE_ONCE(x, (yield* READ_ONCE(x)) + 1)
        }
        machine.addFrame({ name: `t${i}`, cpu: machine.addCpu(), level: Level.Task, path, immediate: false })
      }
      machine.atRest(() => {
        if (x.peek() !== 2) machine.report('lost', 'an increment was lost')
      })
      return machine
    },
  }
}

const healthy = (program: Program) => (deviations: readonly Deviation[]) =>
  follow(program, deviations)!.machine.findings.length === 0

const SEED = 20261128

test(`a schedule that loses an increment shrinks to one preemption, at the earliest step (seed ${SEED})`, () => {
  const program = lostUpdate(6)
  const result = fc.check(fc.property(scheduleArbitrary(program, { maxDeviations: 8 }), healthy(program)), {
    seed: SEED,
    numRuns: 500,
  })
  expect(result.failed).toBe(true)
  // Steps 0 to 5 are noise and step 6 reads x: to preempt there is the only way to lose the increment with one deviation.
  expect(result.counterexample).toEqual([[{ step: 7, index: 1 }]])
})

test(`each shrunk counterexample is minimal: without any one deviation the finding is gone (100 seeds from ${SEED})`, () => {
  const program = lostUpdate(2)
  const holds = healthy(program)
  let shrunk = 0
  for (let seed = SEED; seed < SEED + 100; seed++) {
    const { counterexample } = fc.check(fc.property(scheduleArbitrary(program), holds), { seed, numRuns: 50 })
    if (counterexample === null) continue
    shrunk++
    const [deviations] = counterexample
    for (const one of deviations) expect(holds(deviations.filter((other) => other !== one))).toBe(true)
    expect(deviations).toHaveLength(1)
  }
  expect(shrunk).toBeGreaterThan(90)
})

test(`every schedule is made of deviations that are possible and make a difference (seed ${SEED})`, () => {
  const program = lostUpdate(2)
  fc.assert(
    fc.property(scheduleArbitrary(program), (deviations) => {
      expect(follow(program, deviations, { strict: true })?.deviations).toMatchObject(deviations)
    }),
    { seed: SEED },
  )
})

test(`the schedules are not all alike: of 200, more than 20 are different (seed ${SEED})`, () => {
  const all = fc.sample(scheduleArbitrary(lostUpdate(2)), { seed: SEED, numRuns: 200 })
  expect(new Set(all.map((schedule) => JSON.stringify(schedule))).size).toBeGreaterThan(20)
})
