/** Of runs, traces, chains and tokens: what mutants showed that no other test would notice. */
import { access, Cell, type KernelPath, Level, Machine, Order, WRITE_ONCE } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import * as fc from 'fast-check'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import {
  Causes,
  chainThrough,
  decodeToken,
  follow,
  misfitOf,
  type Program,
  RunFingerprint,
} from '../../src/index.ts'
import { wordOf } from '../../src/fingerprint_word.ts'
import { recordRun, toItf, toChromeTrace } from '../../src/interchange/index.ts'
import { ItfFormat } from '../itf_format.ts'
import { compileLitmus, parseLitmus } from '../../src/litmus/index.ts'
import { parseExpression } from '../../src/litmus/expression.ts'
import { scheduleArbitrary } from '../../src/arbitrary.ts'
import { programOf, randomSketch } from '../random_program.ts'
import { counters as cnt } from '../strategies/programs.ts'
import { tasks } from '../small_program.ts'

const one = (names: string[], value: unknown, frame = 'w'): Program => ({
  name: 'one',
  boot: (o) => {
    const m = new Machine(o)
    const cells = names.map((n) => new Cell<unknown>(n, typeof value === 'boolean' ? false : 0))
    m.addFrame({
      name: frame,
      cpu: m.addCpu(),
      level: Level.Task,
      *path() {
        for (const c of cells) yield* WRITE_ONCE(c, value)
      },
      immediate: false,
    })
    return m
  },
})

const fp = (p: Program) => {
  const f = new RunFingerprint()
  follow(p, [], { onStep: (m) => f.add(m) })
  return f.word()
}

test('another value is another run', () => {
  expect(fp(one(['x'], 1))).not.toBe(fp(one(['x'], 2)))
})

test('another frame is another run', () => {
  expect(fp(one(['x'], 1))).not.toBe(fp(one(['x'], 1, 'v')))
})

test('a word of an ITF trace may have any name, and each has its values', () => {
  for (const names of [['step'], ['steps'], ['x', 'x']])
    ItfFormat.parse(JSON.parse(JSON.stringify(toItf(recordRun(one(names, 1), [])))))
  expect(toItf(recordRun(one(['b'], true), [])).states.map(({ b }) => b)).toEqual([false, true])
})

test('a slice of a Chrome trace ends with its step, and a finding has a mark', () => {
  const p = parseLitmus({
    name: 'w',
    init: { x: 0 },
    cpus: [
      {
        frames: [
          {
            level: 'task',
            ops: [
              { op: 'write', word: 'x', value: 1 },
              { op: 'await', word: 'x', equals: 1 },
              { op: 'assert', condition: '0' },
              { op: 'mb' },
            ],
          },
        ],
      },
    ],
  })
  const run = recordRun(compileLitmus(p), [])
  const events = toChromeTrace(run).traceEvents
  expect(events.filter((e) => e.ph === 's')).toEqual([])
  expect(events.find((e) => e.ph === 'i' && e.s === 'g')).toMatchObject({ ts: run.findings[0]!.step })
  expect(events.find((e) => e.ph === 'E')).toMatchObject({ ts: run.steps.length })
})

test('an arrow of a Chrome trace begins at a store of another frame', () => {
  const p = parseLitmus({
    name: 'w',
    init: { x: 0 },
    cpus: [
      { frames: [{ level: 'task', ops: [{ op: 'await', word: 'x', equals: 1 }] }] },
      {
        frames: [
          {
            level: 'task',
            ops: [
              { op: 'write', word: 'x', value: 1 },
              { op: 'read', word: 'x', into: 'r' },
            ],
          },
        ],
      },
    ],
  })
  for (const d of [[], [{ step: 2, index: 0 }], [{ step: 1, index: 0 }], [{ step: 1, index: 1 }]]) {
    const run = recordRun(compileLitmus(p), d)
    const begins = run.steps.flatMap(({ enabledBy }) => (enabledBy < 0 ? [] : [run.steps[enabledBy]!.op]))
    expect(new Set(begins)).toEqual(new Set(begins.length > 0 ? ['WRITE_ONCE'] : []))
  }
})

test('a chain has each edge once', () => {
  const rng = xoroshiro128plus(12)
  const pick = (n: number): number => uniformInt(rng, 0, n - 1)
  for (let n = 0; n < 200; n++) {
    const causes = new Causes()
    follow(
      programOf(randomSketch(pick)),
      [0, 2, 4, 6].map((step) => ({ step: step + pick(2), index: pick(3) })),
      { onMove: (m, mv) => causes.before(m, mv), onStep: (m, mv) => causes.after(m, mv) },
    )
    const chain = chainThrough(causes, [0, 1, 3, 6, 7])
    for (const { after } of chain) expect(new Set(after.map(({ from }) => from)).size).toBe(after.length)
    expect(chain.reduce((s, { after }) => s + after.length, 0)).toBeLessThan(Math.max(1, chain.length))
  }
})

test('a token whose schedule cannot be read is refused although its checksum fits', () => {
  const offer = { options: ['sc'], version: '1' }
  for (const schedule of ['0dc', '1bc0bc', '1bcd', '1']) {
    const text = `p.${schedule}.sc1.abc`
    expect(decodeToken(`${text}.${wordOf(text, 4)}`, offer)).toBe('the schedule of the token cannot be read')
  }
})

const writers = (...w: number[]): Program => ({
  name: 'w',
  boot: (o) => {
    const m = new Machine(o)
    const x = new Cell('x', 0)
    for (const [i, t] of w.entries())
      m.addFrame({
        name: `writer${i}`,
        cpu: m.addCpu(),
        level: Level.Task,
        *path() {
          for (let n = 0; n < t; n++) yield* WRITE_ONCE(x, n)
        },
        immediate: false,
      })
    return m
  },
})

test('what no longer fits says whether there are more moves, or one step only', () => {
  expect(misfitOf(writers(2, 1, 1), [{ step: 1, index: 1, of: 2 }])).toMatch(/now offers 3/)
  expect(misfitOf(writers(1), [{ step: 5, index: 1, of: 2 }])).toMatch(/ends after 1 step:/)
})

test('comparisons bind tighter than equality, as in C', () => {
  expect((parseExpression<null>('2 == 1 < 2', () => '') as (e: null) => number)(null)).toBe(0)
})

test('a schedule shrinks to earlier deviations and smaller moves', () => {
  const p = cnt(1, 1, 1, 1)
  const seen = fc.check(
    fc.property(
      scheduleArbitrary(p, { maxDeviations: 3 }),
      (d) => !d.some(({ step, index }) => step <= 1 && index >= 1),
    ),
    { seed: 1, numRuns: 300 },
  )
  expect(seen.counterexample).toEqual([[{ step: 0, index: 1 }]])
})

test('a time-out comes after all that was before it', () => {
  const p = tasks('t', () => {
    const [x, y] = [new Cell('x', 0), new Cell('y', 0)]
    return [
      function* (): KernelPath {
        yield* access(
          'wait',
          x,
          (mm) => {
            mm.load(x, Order.Once)
          },
          { ready: () => false, awaits: [x], lastResort: true },
        )
      },
      () => WRITE_ONCE(y, 1),
    ]
  })
  const causes = new Causes()
  follow(p, [], { onMove: (m, mv) => causes.before(m, mv), onStep: (m, mv) => causes.after(m, mv) })
  expect(chainThrough(causes, [0, 1])).toEqual([
    { step: 0, after: [] },
    { step: 1, after: [{ from: 0, cause: 'rest', word: null }] },
  ])
})
