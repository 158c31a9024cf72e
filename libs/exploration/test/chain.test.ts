import {
  atomic_fetch_add,
  Cell,
  type Finding,
  Level,
  Machine,
  READ_ONCE,
  WRITE_ONCE,
} from '@bottom-half/kernel-model'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { Causes, chainThrough, follow, type Link, type Program } from '../src/index.ts'
import { isSilent } from '../src/event.ts'
import { LogFollower } from '../src/log_follower.ts'
import { programOf, randomSketch } from './random_program.ts'

interface Run {
  readonly causes: Causes
  /** Of two steps. */
  readonly isBefore: (from: number, to: number) => boolean
  readonly findings: readonly Finding[]
}

/** A schedule with its causes and, independent of them, its clocks. */
function runOf(program: Program, deviations: { step: number; index: number }[]): Run {
  const causes = new Causes()
  const follower = new LogFollower()
  const onMove = (machine: Machine, move: number): void => {
    causes.before(machine, move)
    follower.before(machine, move)
  }
  const onStep = (machine: Machine, move: number): void => {
    causes.after(machine, move)
    follower.after(machine, move)
  }
  const { machine } = follow(program, deviations, { onMove, onStep })!
  const { log } = follower
  const steps = [...log.events.keys()].filter((e) => !isSilent(log.events[e]!.outcome))
  const isBefore = (from: number, to: number): boolean =>
    log.inClock(steps[from]!, log.events[steps[to]!]!.clock)
  return { causes, isBefore, findings: machine.findings }
}

function randomRuns(seed: number, count: number): Run[] {
  const rng = xoroshiro128plus(seed)
  const pick = (n: number): number => uniformInt(rng, 0, n - 1)
  return Array.from({ length: count }, () =>
    runOf(
      programOf(randomSketch(pick)),
      [0, 2, 4, 6].map((step) => ({ step: step + pick(2), index: pick(3) })),
    ),
  )
}

/** `[from][to]`: the least number of edges between two steps; Infinity if there is no path. By relaxation, not by search. */
function distances({ causes }: Run): number[][] {
  const into = Array.from({ length: causes.steps }, (_, step) => causes.into(step))
  return into.map((_, from) => {
    const far = into.map((__, step) => (step === from ? 0 : Infinity))
    for (let step = from + 1; step < far.length; step++)
      for (const edge of into[step]!) far[step] = Math.min(far[step]!, far[edge.from]! + 1)
    return far
  })
}

const edges = (chain: readonly Link[]): number => chain.reduce((sum, { after }) => sum + after.length, 0)

test('in random schedules of 150 programs (seed 12) each edge is happens-before, and where one step happens before another there is a path', () => {
  let ordered = 0
  for (const run of randomRuns(12, 150)) {
    const { causes, isBefore } = run
    const far = distances(run)
    for (let to = 0; to < causes.steps; to++) {
      for (const { from } of causes.into(to)) {
        expect(from).toBeLessThan(to)
        expect(isBefore(from, to)).toBe(true)
      }
      for (let from = 0; from < to; from++) {
        expect(Number.isFinite(far[from]![to]!)).toBe(isBefore(from, to))
        if (isBefore(from, to)) ordered++
      }
    }
  }
  expect(ordered).toBeGreaterThan(1000)
}, 60_000)

test('in random schedules of 60 programs (seed 13) the chain of two ordered steps is a shortest path, and of two others goes through a common past', () => {
  let [paths, forks] = [0, 0]
  for (const run of randomRuns(13, 60)) {
    const { causes, isBefore } = run
    const far = distances(run)
    for (let to = 0; to < causes.steps; to++) {
      for (let from = 0; from < to; from++) {
        const chain = chainThrough(causes, [to, from])
        expect(chain.map(({ step }) => step)).toEqual(expect.arrayContaining([from, to]))
        const ordered = isBefore(from, to)
        const common = Array.from({ length: from }, (_, c) => far[c]![from]! + far[c]![to]!)
        const fewest = ordered ? far[from]![to]! : Math.min(...common)
        if (ordered) paths++
        else if (fewest < Infinity) forks++
        expect(edges(chain)).toBe(fewest < Infinity ? fewest : 0)
        expect(chain).toHaveLength(fewest < Infinity ? fewest + 1 : 2)
      }
    }
  }
  expect(Math.min(paths, forks)).toBeGreaterThan(50)
}, 60_000)

test('in random schedules of 100 programs (seed 14) a chain through many steps has all of them, in order, each edge from a step of it', () => {
  for (const { causes } of randomRuns(14, 100)) {
    const wanted = [0, 1, 3, 6, 7].filter((step) => step < causes.steps)
    const chain = chainThrough(causes, [...wanted, 1000, -1])
    const steps = chain.map(({ step }) => step)
    expect(steps).toEqual(expect.arrayContaining(wanted))
    expect(steps).toEqual(steps.toSorted((a, b) => a - b))
    for (const { step, after } of chain)
      for (const edge of after) {
        expect(steps).toContain(edge.from)
        expect(causes.into(step)).toContainEqual(edge)
      }
  }
})

test('what the scenario does at rest comes after all that was done before', () => {
  const program: Program = {
    name: 'stages',
    boot: (options) => {
      const machine = new Machine(options)
      const cells = [0, 1, 2].map((i) => new Cell(`x${i}`, 0))
      const task = (i: number) =>
        machine.addFrame({
          name: `task${i}`,
          cpu: machine.addCpu(),
          level: Level.Task,
          *path() {
            yield* WRITE_ONCE(cells[i]!, 1)
          },
          immediate: false,
        })
      machine.atQuiescence(() => task(2))
      task(0)
      task(1)
      return machine
    },
  }
  const { causes } = runOf(program, [])
  expect(chainThrough(causes, [0, 1, 2])).toEqual([
    { step: 0, after: [] },
    { step: 1, after: [] },
    { step: 2, after: [1, 0].map((from) => ({ from, cause: 'rest', word: null })) },
  ])
})

test('the chain of a handler that a task raised names the raise, the word, and the return of the handler', () => {
  const program: Program = {
    name: 'raise',
    boot: (options) => {
      const machine = new Machine(options)
      const [x, y] = [new Cell('x', 0), new Cell('y', 0)]
      const cpu = machine.addCpu()
      machine.addFrame({
        name: 'task',
        cpu,
        level: Level.Task,
        *path() {
          yield* WRITE_ONCE(x, 1)
          machine.raise('irq', cpu, Level.Hardirq, function* () {
            yield* atomic_fetch_add(1, y)
            yield* READ_ONCE(x)
          })
          yield* READ_ONCE(y)
        },
        immediate: false,
      })
      return machine
    },
  }
  const { causes } = runOf(program, [])
  // 0 write x, which raises; 1 enter; 2 add y; 3 read x; 4 read y
  expect(causes.steps).toBe(5)
  expect(chainThrough(causes, [0, 2])).toEqual([
    { step: 0, after: [] },
    { step: 1, after: [{ from: 0, cause: 'creates', word: null }] },
    { step: 2, after: [{ from: 1, cause: 'program order', word: null }] },
  ])
  expect(chainThrough(causes, [2, 4])).toEqual([
    { step: 2, after: [] },
    { step: 4, after: [{ from: 2, cause: 'conflict', word: 'y' }] },
  ])
  expect(chainThrough(causes, [3, 4]).at(-1)!.after).toEqual([{ from: 3, cause: 'returns', word: null }])
  expect(chainThrough(causes, [0, 3]).at(-1)!.after).toEqual([{ from: 0, cause: 'conflict', word: 'x' }])
})
