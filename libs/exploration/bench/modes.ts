/** Ways to run the schedules of a program. One that is added here, such as one on several cores, can be given to any case. */
import { exploreParallel } from '../src/node/index.ts'
import { explore, exploreStates, type Program, sample, uniformWalk } from '../src/index.ts'

/** What a search came to. */
export interface Outcome {
  /** Complete and blocked schedules; boots of the program where states are merged. */
  readonly executions: number
  readonly blocked: number
  /** Equivalence classes, or states where they are merged; null where neither is told apart. */
  readonly distinct: number | null
  /** Steps performed, replays included. */
  readonly steps: number
  readonly exhausted: boolean
}

export interface Mode {
  readonly name: string
  /** On how many cores the process is kept. */
  readonly cores: number
  /** What a case says the number of: equivalence classes, each run once; schedules asked for; states. */
  readonly expects: 'classes' | 'schedules' | 'states'
  /** `tick` is called with each schedule. */
  run(program: Program, tick: () => void): Outcome | Promise<Outcome>
}

export const exhaustive: Mode = {
  name: 'exhaustive',
  cores: 1,
  expects: 'classes',
  run: (program, tick) => {
    const { executions, redundant, blocked, steps, exhausted } = explore(program, { onSchedule: tick })
    return { executions: executions + blocked, blocked, distinct: executions - redundant, steps, exhausted }
  },
}

/** The same with several threads, each on a core of its own if there are so many. */
export function parallel(workers: number): Mode {
  return {
    name: `${workers} ${workers === 1 ? 'worker' : 'workers'}`,
    cores: workers,
    expects: 'classes',
    run: async ({ name }) => {
      const module = new URL('parallel_work.ts', import.meta.url).href
      const { executions, classes, blocked, steps, exhausted } = await exploreParallel({
        module,
        argument: name,
        workers,
      })
      return { executions: executions + blocked, blocked, distinct: classes, steps, exhausted }
    },
  }
}

export const merging: Mode = {
  name: 'states merged',
  cores: 1,
  expects: 'states',
  run: (program) => {
    const { executions, states, steps, exhausted } = exploreStates(program)
    return { executions, blocked: 0, distinct: states, steps, exhausted }
  },
}

const SEED = 1

/** So many schedules, each move drawn evenly. */
export function walk(schedules: number): Mode {
  return {
    name: 'random walk',
    cores: 1,
    expects: 'schedules',
    run: (program, tick) => {
      const { executions, steps } = sample(program, uniformWalk(), {
        seed: SEED,
        schedules,
        onSchedule: tick,
      })
      return { executions, blocked: 0, distinct: null, steps, exhausted: false }
    },
  }
}
