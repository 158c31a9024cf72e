import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { counter, lastzero } from '../bench/programs.ts'
import { explore, type Exploration, type ExplorationState, type Program } from '../src/index.ts'
import { stateFromJson, StateJson, stateToJson } from '../src/node/state_json.ts'
import { FAMILIES, programOf, randomSketch } from './random_program.ts'

const SEED = 20261128

/** Explores with interruptions after `gap()` runs each time; each state goes through JSON. */
function inPieces(program: Program, gap: () => number, maxExecutions = Infinity): Exploration {
  let resume: ExplorationState | undefined
  for (;;) {
    let left = gap()
    let saved: ExplorationState | null = null
    const result = explore(program, {
      maxExecutions,
      stop: () => --left < 0,
      checkpoint: { due: () => false, save: (state) => (saved = state) },
      ...(resume === undefined ? {} : { resume }),
    })
    if (result.reason !== 'interrupted') return result
    resume = stateFromJson(StateJson.parse(JSON.parse(JSON.stringify(stateToJson(saved!)))))
  }
}

test.each([
  ['counter(3,3)', counter(3, 3), 100],
  ['counter(3,2)', counter(3, 2), 0],
  ['lastzero(6)', lastzero(6), 7],
] as const)('%s, interrupted and resumed, comes to the same', (_, program, gap) => {
  expect(inPieces(program, () => gap)).toEqual(explore(program))
})

test.each(FAMILIES)(
  `15 random programs of the family %s (seed ${SEED}), interrupted at random, come to the same`,
  (family) => {
    const rng = xoroshiro128plus(SEED)
    let most = 0
    for (let n = 0; n < 15; n++) {
      const program = programOf(randomSketch((below) => uniformInt(rng, 0, below - 1), family))
      const whole = explore(program, { maxExecutions: 500 })
      most = Math.max(most, whole.executions)
      // With a budget too: it ends at the same schedule.
      expect(inPieces(program, () => uniformInt(rng, 0, 60), 500)).toEqual(whole)
    }
    expect(most).toBeGreaterThan(5)
  },
  60_000,
)
