import { Cell, Level, LEVEL_NAMES, Machine, WRITE_ONCE } from '@bottom-half/kernel-model'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { scheduleArbitrary } from '../src/arbitrary.ts'
import type { Program } from '../src/index.ts'
import { recordRun, toChromeTrace, toItf } from '../src/interchange/index.ts'
import { compileLitmus, INTERRUPTS, type Litmus, MEMORY_MODELS } from '../src/litmus/index.ts'
import { ChromeTraceFormat } from './chrome_trace_format.ts'
import { ItfFormat } from './itf_format.ts'

const SEED = 20261128

/** A self-IPI that ends a wait of another CPU, and an NMI that fails an assertion. */
const PROGRAM: Litmus = {
  name: 'ipi-wakes',
  init: { flag: 0, x: 0 },
  handlers: { ipi: { level: 'hardirq', ops: [{ op: 'write', word: 'flag', value: 1 }] } },
  cpus: [
    {
      frames: [
        {
          level: 'task',
          ops: [
            { op: 'raise', handler: 'ipi' },
            { op: 'add', word: 'x', value: 1 },
          ],
        },
      ],
    },
    {
      frames: [
        {
          level: 'task',
          ops: [
            { op: 'await', word: 'flag', equals: 1 },
            { op: 'write', word: 'x', value: 5 },
          ],
        },
        {
          level: 'nmi',
          ops: [
            { op: 'assert', condition: '0' },
            { op: 'read', word: 'x', into: 'r' },
          ],
        },
      ],
    },
  ],
}

const programs = [PROGRAM, ...INTERRUPTS.map(({ litmus }) => litmus)].flatMap((litmus) =>
  MEMORY_MODELS.map((memory) => compileLitmus(litmus, { memory })),
)

test.each(programs.map((program) => [program.name, program.memory, program] as const))(
  `any schedule of %s under %s is a valid ITF trace and a valid Chrome trace (seed ${SEED})`,
  (_name, _memory, program) => {
    fc.assert(
      fc.property(scheduleArbitrary(program), (deviations) => {
        const run = recordRun(program, deviations)
        ItfFormat.parse(JSON.parse(JSON.stringify(toItf(run))))
        ChromeTraceFormat.parse(JSON.parse(JSON.stringify(toChromeTrace(run))))
      }),
      { seed: SEED, numRuns: 30 },
    )
  },
)

test('a format refuses what is no trace of it', () => {
  const run = recordRun(programs[0]!, [])
  const itf = toItf(run)
  expect(ItfFormat.safeParse({ ...itf, vars: itf.vars.slice(1) }).success).toBe(false)
  expect(ItfFormat.safeParse({ ...itf, states: [{ ...itf.states[0], x: 0.5 }] }).success).toBe(false)
  const chrome = toChromeTrace(run)
  const without = (ph: string) => ({
    ...chrome,
    traceEvents: chrome.traceEvents.filter((event) => event.ph !== ph),
  })
  for (const ph of ['B', 'E', 's', 'f']) expect(ChromeTraceFormat.safeParse(without(ph)).success).toBe(false)
})

test('an ITF trace has a state before the first step and one after each, with the values of then', () => {
  const run = recordRun(programs[0]!, [])
  const { states, vars } = toItf(run)
  expect(vars).toEqual(['flag', 'x', 'step', 'steps'])
  expect(states).toHaveLength(run.steps.length + 1)
  for (const [i, step] of run.steps.entries()) {
    expect(states[i + 1]!['step']).toMatchObject({ op: step.op, frame: run.frames[step.frame]!.name })
    if (step.cell === null) continue
    expect(JSON.stringify(states[i]![step.cell])).toBe(step.before)
    expect(JSON.stringify(states[i + 1]![step.cell])).toBe(step.after)
  }
})

test('a number that JSON readers would spoil is a big integer of the format', () => {
  const program: Program = {
    name: 'big',
    boot: (options) => {
      const machine = new Machine(options)
      const x = new Cell<bigint>('x', 0n)
      const path = () => WRITE_ONCE(x, 2n ** 60n)
      machine.addFrame({ name: 't', cpu: machine.addCpu(), level: Level.Task, path, immediate: false })
      return machine
    },
  }
  const { states } = toItf(recordRun(program, []))
  expect(states.map(({ x }) => x)).toEqual([0, { '#bigint': '1152921504606846976' }])
})

test('a Chrome trace has one track per frame, named after it, in the process of its CPU', () => {
  const run = recordRun(programs[0]!, [])
  const tracks = toChromeTrace(run).traceEvents.filter((event) => event.name === 'thread_name')
  expect(tracks.map((event) => [event.pid, 'args' in event && event.args['name']])).toEqual(
    run.frames.map(({ cpu, name, level }) => [cpu, `${name} (${LEVEL_NAMES[level]})`]),
  )
})

test('arrows go from the raise to the entry of its handler, and from a store to the wait that it ends', () => {
  const run = recordRun(programs[0]!, [])
  const op = (step: number): string => run.steps[step]!.op
  const ends = toChromeTrace(run).traceEvents.flatMap((event) =>
    event.ph === 's' || event.ph === 'f' ? [`${event.name}: ${op(event.ts)}`] : [],
  )
  expect(ends.sort()).toEqual([
    'creates: enter hardirq',
    'creates: raise',
    'ends the wait: WRITE_ONCE',
    'ends the wait: smp_cond_load_acquire',
  ])
})

test('a finding is marked across all tracks', () => {
  const run = recordRun(programs[0]!, [])
  const marks = toChromeTrace(run).traceEvents.filter((event) => event.ph === 'i' && event.s === 'g')
  expect(marks.map(({ name }) => name)).toEqual(['assertion: assertion failed in P1.nmi: 0'])
})
