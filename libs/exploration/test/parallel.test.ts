import { describe, expect, test } from 'vitest'
import { counter, lastzero } from '../bench/programs.ts'
import { type Exploration, type ExplorationState, explore } from '../src/index.ts'
import { exploreParallel, stateFromJson, StateJson, stateToJson } from '../src/node/index.ts'
import published, { random } from './parallel_programs.ts'
import { lateReference } from './reference_programs.ts'
import { FAMILIES, programOf, type Sketch } from './random_program.ts'
import { IN_VAIN } from './traps/found.ts'

const SEED = 20261128
const module = new URL('parallel_programs.ts', import.meta.url).href

describe.each([1, 2, 3])('with %i workers', (workers) => {
  test.each([
    ['counter(3,3)', counter(3, 3), ['counter', 3, 3]],
    ['lastzero(7)', lastzero(7), ['lastzero', 7]],
  ])(
    '%s comes to the same as without',
    async (_, program, argument) => {
      const all = await exploreParallel({ module, argument, workers, stepsPerBatch: 500 })
      expect(all).toEqual(explore(program))
    },
    60_000,
  )

  test.each(IN_VAIN)(
    '$blocked blocked and $redundant redundant runs are counted as without: $program',
    async ({ program }) => {
      const argument = JSON.parse(program) as Sketch
      const all = await exploreParallel({ module, name: 'sketched', argument, workers, stepsPerBatch: 5 })
      expect(all).toEqual(explore(programOf(argument)))
    },
    60_000,
  )

  test('that gets and puts turn out to be dependent makes no difference, whichever thread finds it', async () => {
    const argument = null
    const program = lateReference()
    const all = await exploreParallel({ module, name: 'late', argument, workers, stepsPerBatch: 500 })
    expect(all).toEqual(explore(program))
    expect(all.orderedCounts).toEqual(['late'])
    const states: ExplorationState[] = []
    const checkpoint = { due: () => true, save: (state: ExplorationState) => void states.push(state) }
    await exploreParallel({ module, name: 'late', argument, workers, stepsPerBatch: 500, checkpoint })
    for (const resume of states.filter((_, i) => i % 5 === 0))
      expect(explore(program, { resume })).toEqual(all)
  }, 60_000)

  test('interrupted again and again, and resumed, it comes to the same', async () => {
    let resume: ExplorationState | undefined
    let pieces = 0
    let end: Exploration | null = null
    for (;;) {
      const interrupt = new SharedArrayBuffer(4)
      let batches = 0
      let saved: ExplorationState | null = null
      const all = await exploreParallel({
        module,
        argument: ['counter', 3, 3],
        workers,
        stepsPerBatch: 500,
        interrupt,
        onProgress: () => {
          if (++batches === 12) new Int32Array(interrupt)[0] = 1
        },
        checkpoint: { due: () => false, save: (state) => (saved = state) },
        ...(resume === undefined ? {} : { resume }),
      })
      pieces++
      end = all
      if (all.reason === null) break
      resume = stateFromJson(StateJson.parse(JSON.parse(JSON.stringify(stateToJson(saved!)))))
    }
    expect(end).toEqual(explore(counter(3, 3)))
    expect(pieces).toBeGreaterThan(2)
  }, 60_000)

  test('each state that is saved on the way, jobs in progress included, leads to the same end', async () => {
    const argument = ['counter', 3, 2]
    const states: ExplorationState[] = []
    const checkpoint = { due: () => true, save: (state: ExplorationState) => void states.push(state) }
    const whole = await exploreParallel({ module, argument, workers, stepsPerBatch: 100, checkpoint })
    expect(states.length).toBeGreaterThan(3)
    for (const resume of states) expect(explore(counter(3, 2), { resume })).toEqual(whole)
  }, 60_000)

  test('a budget is kept to the run', async () => {
    const options = { module, argument: ['counter', 3, 3], workers, stepsPerBatch: 500 }
    expect(await exploreParallel({ ...options, maxExecutions: 700 })).toMatchObject({
      executions: 700,
      exhausted: false,
      reason: 'the budget of 700 schedules ended',
    })
    expect(await exploreParallel({ ...options, maxExecutions: 1681 })).toMatchObject({ exhausted: true })
  }, 60_000)
})

test.each(FAMILIES.map((family, i) => [family, 2 + (i % 2)] as const))(
  `a random program of the family %s (seed ${SEED}) comes to the same with %i workers as without`,
  async (family, workers) => {
    for (let n = 0; ; n++) {
      const argument = { family, seed: SEED, n }
      const { program, tally } = random(argument)
      const alone = explore(program, { tally: tally!, maxExecutions: 500 })
      if (!alone.exhausted || alone.executions < 20) continue
      const all = await exploreParallel({ module, name: 'random', argument, workers, stepsPerBatch: 300 })
      expect(all).toEqual(alone)
      break
    }
  },
  60_000,
)

test('one worker runs the schedules that fit a budget in the order of `explore`', async () => {
  const argument = { family: 'mixed', seed: SEED, n: 3 } as const
  const { program, tally } = random(argument)
  for (const maxExecutions of [5, 17, 60]) {
    const options = { module, name: 'random', argument, workers: 1, stepsPerBatch: 100, maxExecutions }
    expect(await exploreParallel(options)).toEqual(explore(program, { tally: tally!, maxExecutions }))
  }
}, 60_000)

test('a thread that has nothing to do gets a part of what another one has left', async () => {
  let batches = 0
  const options = { module, argument: ['lastzero', 10], workers: 2, stepsPerBatch: 1e9 }
  const all = await exploreParallel({ ...options, onProgress: () => batches++ })
  expect(all).toEqual(explore(lastzero(10)))
  expect(batches).toBeGreaterThan(2)
}, 60_000)

test('what is thrown in a thread is thrown here', async () => {
  const run = exploreParallel({ module, name: 'broken', argument: null, workers: 2 })
  await expect(run).rejects.toThrow('[lab bug] nothing to explore')
  expect(() => published(['counter', 0, 0]).program.name).not.toThrow()
}, 60_000)
