import {
  Cell,
  type KernelPath,
  Level,
  Machine,
  READ_ONCE,
  smp_mb,
  WRITE_ONCE,
} from '@bottom-half/kernel-model'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { explore, exploreModels, type Program, programUnder } from '../src/index.ts'
import { compileLitmus, exploreLitmusModels, CLASSIC, type Litmus } from '../src/litmus/index.ts'
import { randomLitmus } from './random_litmus.ts'
import { tasks } from './small_program.ts'

/** Store buffering, with a report at rest of what each model allows: both zero, and not both one. */
function storeBuffering(fence: boolean): Program {
  return {
    name: 'SB',
    boot(options) {
      const machine = new Machine(options)
      const words = [new Cell('x', 0), new Cell('y', 0)] as const
      const saw = [-1, -1]
      for (const me of [0, 1] as const) {
        function* path(): KernelPath {
          yield* WRITE_ONCE(words[me], 1)
          if (fence) yield* smp_mb()
          saw[me] = yield* READ_ONCE(words[1 - me]!)
        }
        machine.addFrame({ name: `t${me}`, cpu: machine.addCpu(), level: Level.Task, path, immediate: false })
      }
      machine.atRest(() => {
        if (saw[0] === 0 && saw[1] === 0) machine.report('condition', 'neither saw the other')
        if (saw[0] === 0 && saw[1] === 1) machine.report('condition', 'one was late')
      })
      return machine
    },
  }
}

const needs = (program: Program): Record<string, unknown> =>
  Object.fromEntries(exploreModels(program).findings.map((found) => [found.finding.title, found.needs]))

test('a finding that sequential consistency shows needs nothing weaker, one that it does not show needs x86-TSO', () => {
  expect(needs(storeBuffering(false))).toEqual({ 'one was late': 'sc', 'neither saw the other': 'tso' })
  expect(needs(storeBuffering(true))).toEqual({ 'one was late': 'sc' })
})

test('each finding comes with a schedule of the model that it needs', () => {
  const program = storeBuffering(false)
  for (const { finding, moves, memory } of exploreModels(program).findings) {
    const machine = programUnder(program, memory).boot({ tracing: false })
    for (const move of moves) machine.perform(move)
    machine.moves()
    expect(machine.findings.map(({ title }) => title)).toContain(finding.title)
  }
})

test('what only x86-TSO showed needs nobody knows what, if sequential consistency was not explored to its end', () => {
  const { findings } = exploreModels(storeBuffering(false), { maxExecutions: 1 })
  for (const found of findings.filter(({ memory }) => memory === 'tso')) expect(found.needs).toBe(null)
  const all = exploreModels(storeBuffering(false)).explored[1]!
  expect(all.executions).toBeGreaterThan(1)
})

test('a program that boots under another model than was asked for is a defect of the laboratory', () => {
  const deaf = tasks('deaf', () => [() => WRITE_ONCE(new Cell('x', 0), 1)])
  expect(() => exploreModels(deaf)).toThrow('runs under another memory model')
})

test('what sequential consistency shows, x86-TSO shows too, on 60 random litmus programs (seed 7)', () => {
  const chance = xoroshiro128plus(7)
  const pick = (n: number): number => uniformInt(chance, 0, n - 1)
  let findings = 0
  for (let n = 0; n < 60; n++) {
    const litmus = randomLitmus(pick)
    const [sc, tso] = (['sc', 'tso'] as const).map((memory) => {
      const result = explore(compileLitmus(litmus, { memory }), { maxExecutions: 2000 })
      return result.exhausted
        ? result.findings.map(({ finding }) => `${finding.kind}: ${finding.title}`)
        : null
    })
    if (sc === null || tso === null) continue
    findings += sc!.length
    expect({ litmus, lost: sc!.filter((name) => !tso!.includes(name)) }).toEqual({ litmus, lost: [] })
  }
  expect(findings).toBeGreaterThan(20)
})

test('a litmus program that names no model is explored under sequential consistency; a finding under another says what it needs', () => {
  const {
    memory: _,
    final: { exists } = {},
    ...shape
  } = CLASSIC.find(({ litmus }) => litmus.name === 'SB')!.litmus
  const litmus: Litmus = { ...shape, final: { never: exists } }
  const options = { clock: () => 0 }
  expect(exploreLitmusModels(litmus, null, options)).toMatchObject({ memory: 'sc', verdict: 'holds' })
  const weak = exploreLitmusModels(litmus, 'tso', options)
  expect(weak).toMatchObject({ memory: 'tso', verdict: 'violated' })
  expect(weak.findings.map((finding) => finding.needs)).toEqual(['tso'])
  expect(exploreLitmusModels({ ...litmus, memory: 'tso' }, null, options)).toEqual(weak)
})
