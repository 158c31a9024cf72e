/** Of strategies, estimates, the minimiser and checkpoints: what mutants showed that no other test would notice. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { readCheckpoint, writeCheckpoint } from '../../src/node/checkpoint_file.ts'
import {
  access,
  atomic_fetch_add,
  Cell,
  type KernelPath,
  Level,
  Machine,
  Oops,
  Order,
  READ_ONCE,
  WRITE_ONCE,
} from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import {
  coverageOf,
  explore,
  type Program,
  preemptionBounded,
  sample,
  surw,
  uniformWalk,
} from '../../src/index.ts'
import { minimise } from '../../src/minimise.ts'
import { compareShown } from '../../src/found.ts'
import { ShareEstimate } from '../../src/share_estimate.ts'
import { counters as cnt } from '../strategies/programs.ts'
import { tasks } from '../small_program.ts'

test('a bounded search with a run that was cut has not covered all', () => {
  const strategy = preemptionBounded(100)
  sample(cnt(3, 3), strategy, { seed: 0, schedules: Infinity, maxSteps: 3 })
  expect(strategy.covered).toBe(false)
})

test('SURW draws among all words', () => {
  const late = (quiet: number, first: boolean): Program =>
    tasks('two', () => {
      const [a, b] = [new Cell('a', 0), new Cell('b', 0)]
      return [0, 1].map(
        (i) =>
          function* (): KernelPath {
            const own = new Cell(`own${i}`, 0)
            if (first) yield* WRITE_ONCE(a, i)
            for (let n = 0; n < (i === 0 ? quiet : 0); n++) yield* WRITE_ONCE(own, n)
            yield* WRITE_ONCE(b, i)
          },
      )
    })
  let rare = 0
  sample(late(12, true), surw(), {
    seed: 1,
    schedules: 600,
    onSchedule: (m) => {
      void m
    },
    classes: true,
  })
  const counts = new Map<number | null, number>()
  sample(late(12, true), surw(), {
    seed: 1,
    schedules: 600,
    classes: true,
    onSchedule: (_m, f) => void counts.set(f, (counts.get(f) ?? 0) + 1),
  })
  rare = Math.min(...counts.values())
  console.log([...counts.values()])
  expect(counts.size).toBe(4)
  expect(rare).toBeGreaterThan(30)
})

test('the bars of an estimate by shares are those of the ratio', () => {
  const e = new ShareEstimate()
  for (let i = 0; i < 7; i++) e.add(i % 2 === 0 ? 4 : 6, 0.05)
  expect(e.total().high).toBe(Infinity)
  e.add(6, 0.05)
  // 40 runs for 0.4: 100. Chunks are off by 1 each: sqrt(8 * 8 / 7) / 0.4.
  const off = 2.36 * (Math.sqrt(64 / 7) / 0.4) * Math.sqrt(0.6)
  expect(e.total().mean).toBeCloseTo(100)
  expect(e.total().high).toBeCloseTo(100 + off, 6)
})

test('of two schedules that show the same, fewer deviations come first, then fewer steps', () => {
  expect(compareShown({ deviations: 1, moves: [9] }, { deviations: 1, moves: [0, 0] })).toBeLessThan(0)
})

test('counts runs that were stopped, and knows the longest of all', () => {
  const p = tasks('crash', () => {
    const x = new Cell('x', 0)
    return [
      function* (): KernelPath {
        if ((yield* READ_ONCE(x)) === 0) {
          yield* access('boom', null, () => {
            throw new Oops('oops', 'boom')
          })
          return
        }
        yield* READ_ONCE(x)
        yield* READ_ONCE(x)
        yield* READ_ONCE(x)
      },
      () => WRITE_ONCE(x, 1),
    ]
  })
  const r = explore(p)
  expect(r).toMatchObject({ executions: 2, stopped: 1, longest: 5 })
  const s = sample(p, uniformWalk(), { seed: 1, schedules: 100 })
  expect(s.stopped).toBe(s.findings[0]!.schedules)
})

test('the estimate of unseen classes where none was met twice', () => {
  const { classes } = coverageOf(10, 5, 3, 0)
  expect(classes.estimate).toBeCloseTo(5 + 0.9 * 3, 9)
  const v = 0.9 * 3 + (0.81 * 3 * 25) / 4 - (0.81 * 81) / (4 * 7.7)
  expect(classes.high).toBeCloseTo(5 + 2.7 * Math.exp(1.959964 * Math.sqrt(Math.log(1 + v / 2.7 ** 2))), 9)
})

test('the minimiser leaves what follows quiescence in its order', () => {
  const p: Program = {
    name: 'tear',
    boot: (o) => {
      const m = new Machine(o)
      const x = new Cell('x', 0)
      m.addFrame({
        name: 't',
        cpu: m.addCpu(),
        level: Level.Task,
        path: () => WRITE_ONCE(x, 1),
        immediate: false,
      })
      m.atQuiescence(() => {
        m.spawn('a', function* () {
          yield* WRITE_ONCE(x, 2)
          yield* WRITE_ONCE(x, 3)
        })
        m.spawn('b', function* () {
          yield* WRITE_ONCE(x, 4)
          m.report('warn', 'late')
        })
      })
      return m
    },
  }
  const [found] = explore(p).findings
  expect(minimise(p, found!.moves, found!.finding, 1000)).toMatchObject({
    proven: true,
    cost: { steps: 4 },
    deviations: [],
  })
})

test('a long schedule is minimised within few runs', () => {
  const p = tasks('dd', (m) => {
    const x = new Cell('x', 0)
    return [0, 1].map(
      (i) =>
        function* (): KernelPath {
          for (let n = 0; n < 12; n++) {
            const b = yield* READ_ONCE(x)
            yield* WRITE_ONCE(x, i)
            if (n === 11 && b !== i) m.report('warn', 'saw the other')
          }
        },
    )
  })
  const { findings } = sample(p, uniformWalk(), { seed: 1, schedules: 50 })
  const r = minimise(p, findings[0]!.moves, findings[0]!.finding, 100)!
  expect(r.deviations.length).toBeLessThan(8)
})

test('killed in the middle of writing, a process leaves the old checkpoint whole', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'killed-')), 'kept')
  writeCheckpoint(path, { p: 1 }, { n: 1 })
  const code = `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module'
    const { writeSync } = fs
    fs.writeSync = (fd, bytes) => { writeSync(fd, bytes, 0, 20); process.kill(process.pid, 'SIGKILL') }
    syncBuiltinESMExports()
    const { writeCheckpoint } = await import(${JSON.stringify(new URL('../../src/node/checkpoint_file.ts', import.meta.url).href)})
    writeCheckpoint(${JSON.stringify(path)}, { p: 1 }, { n: 2 })`
  const { signal, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
  })
  expect([signal, stderr]).toEqual(['SIGKILL', ''])
  expect(readCheckpoint(path, { p: 1 }, z.strictObject({ n: z.int() }))).toEqual({ n: 1 })
})

test('a bounded search tries each order of time-outs', () => {
  const p = tasks('t', (m) => {
    const [x, y] = [new Cell('x', 0), new Cell('y', 0)]
    return [0, 1].map(
      (i) =>
        function* (): KernelPath {
          yield* access(
            'wait',
            x,
            (mm) => {
              mm.load(x, Order.Once)
            },
            { ready: () => false, awaits: [x], lastResort: true },
          )
          if ((yield* atomic_fetch_add(1, y)) === 0) m.report('warn', `${i} was first`)
        },
    )
  })
  const r = sample(p, preemptionBounded(0), { seed: 0, schedules: Infinity })
  expect(r.findings.map(({ finding }) => finding.title).sort()).toEqual(['0 was first', '1 was first'])
})
