/** Of the front door and litmus programs: what mutants showed that no other test would notice. */
import { Cell, type KernelPath, Machine, READ_ONCE, WRITE_ONCE } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { check, replayCheck } from '../../src/index.ts'
import { wordOf } from '../../src/fingerprint_word.ts'
import {
  compileLitmus,
  CLASSIC,
  exploreLitmus,
  exploreLitmusModels,
  parseLitmus,
  parseLitmusFile,
  replayLitmus,
} from '../../src/litmus/index.ts'

const inc = {
  name: 'inc',
  boot(machine: Machine) {
    const x = new Cell('x', 0)
    function* add(): KernelPath {
      const v = yield* READ_ONCE(x)
      yield* WRITE_ONCE(x, v + 1)
    }
    return {
      cpus: [{ tasks: [add] }, { tasks: [add] }],
      atRest: () => {
        if (x.peek() !== 2) machine.report('lost', 'lost')
      },
    }
  },
}

const changed = (n: number, by: number) => ({
  name: 'inc',
  boot(machine: Machine) {
    const x = new Cell('x', 0)
    function* add(): KernelPath {
      const v = yield* READ_ONCE(x)
      yield* WRITE_ONCE(x, v + by)
    }
    return {
      cpus: Array.from({ length: n }, () => ({ tasks: [add] })),
      atRest: () => {
        if (x.peek() !== 2) machine.report('lost', 'lost')
      },
    }
  },
})

test('a token of another program, of one that offers less, and of one that does something else is refused', () => {
  const { token } = check(inc).findings[0]!
  expect((replayCheck(inc, token) as Machine).findings.map(({ title }) => title)).toEqual(['lost'])
  expect(replayCheck({ ...inc, name: 'other' }, token)).toBe('the token is of the program "inc"')
  expect(replayCheck(changed(3, 1), token)).toMatch(/now offers 3/)
  expect(replayCheck(changed(2, 7), token)).toBe(
    'the moves of the token are possible, but do something else now',
  )
})

const sb = {
  name: 'SB',
  boot(machine: Machine) {
    const w = [new Cell('x', 0), new Cell('y', 0)] as const
    const saw = [-1, -1]
    const task = (me: 0 | 1) =>
      function* (): KernelPath {
        yield* WRITE_ONCE(w[me], 1)
        saw[me] = yield* READ_ONCE(w[1 - me]!)
      }
    return {
      cpus: [{ tasks: [task(0)] }, { tasks: [task(1)] }],
      results: () => saw,
      atRest: () => {
        if (saw[0] === 0 && saw[1] === 0) machine.report('reordered', 'neither')
      },
    }
  },
}

test('what a finding needs is not known unless the stronger model was exhausted', () => {
  const shown = [1, 2, 3, 4].map((maxExecutions) =>
    check({ ...sb, memory: 'tso', maxExecutions, maxStates: 1, use: 'reduction' }).findings.map(
      ({ needs }) => needs,
    ),
  )
  expect(shown).toEqual([[null], [null], [null], ['tso']])
})

test('nor is it of a litmus program', () => {
  const {
    memory: _m,
    final: { exists } = {},
    ...shape
  } = CLASSIC.find(({ litmus }) => litmus.name === 'SB')!.litmus
  const litmus = { ...shape, final: { never: exists! } }
  const out = [1, 2, 3, 4].map((maxExecutions) =>
    exploreLitmusModels(litmus, 'tso', { clock: () => 0, maxExecutions, use: 'reduction' }).findings.map(
      ({ needs }) => needs,
    ),
  )
  expect(out).toEqual([[null], [null], [null], ['tso']])
})

test('registers that a final condition looks at are part of the state', () => {
  const ops = (w: string, r: string) => [
    { op: 'write', word: w, value: 1 },
    { op: 'read', word: r, into: 'r0' },
  ]
  for (const bad of ['P0:r0 == 1 && P1:r0 == 1', 'P0:r0 == 0 && P1:r0 == 1', 'P0:r0 == 1 && P1:r0 == 0']) {
    const litmus = parseLitmus({
      name: 'SB',
      init: { x: 0, y: 0 },
      cpus: [
        { frames: [{ level: 'task', ops: ops('x', 'y') }] },
        { frames: [{ level: 'task', ops: ops('y', 'x') }] },
      ],
      final: { never: bad },
    })
    expect(exploreLitmus(litmus, compileLitmus(litmus), { clock: () => 0, use: 'both' })).toMatchObject({
      verdict: 'violated',
    })
  }
})

test('release and acquire order plain accesses', () => {
  const mp = (w: string, r: string) =>
    parseLitmus({
      name: 'MP',
      init: { x: 0, y: 0 },
      cpus: [
        {
          frames: [
            {
              level: 'task',
              ops: [
                { op: 'write', word: 'x', value: 1, order: 'plain' },
                { op: 'write', word: 'y', value: 1, order: w },
              ],
            },
          ],
        },
        {
          frames: [
            {
              level: 'task',
              ops: [
                { op: 'read', word: 'y', into: 'r', order: r },
                {
                  op: 'if',
                  condition: 'r == 1',
                  ops: [{ op: 'read', word: 'x', into: 's', order: 'plain' }],
                },
              ],
            },
          ],
        },
      ],
    })
  const kinds = (w: string, r: string) => {
    const l = mp(w, r)
    return exploreLitmus(l, compileLitmus(l), { clock: () => 0 }).findings.map(({ kind }) => kind)
  }
  expect(kinds('release', 'acquire')).toEqual([])
  expect(kinds('once', 'acquire')).toEqual(['data-race'])
})

test('a litmus token with another run is refused', () => {
  const text = JSON.stringify({
    name: 'P',
    init: { x: 0 },
    cpus: [
      {
        frames: [
          {
            level: 'task',
            ops: [
              { op: 'assert', condition: '0' },
              { op: 'write', word: 'x', value: 1 },
            ],
          },
        ],
      },
    ],
  })
  const { litmus, program } = parseLitmusFile(text)[0]!
  const { token } = exploreLitmus(litmus, program, { clock: () => 0 }).findings[0]!
  const head = token!.split('.').slice(0, 3).join('.')
  const other = `${head}.zzz`
  expect(() => replayLitmus(parseLitmusFile(text), `${other}.${wordOf(other, 4)}`)).toThrow(
    'do something else now',
  )
})

test('the token of a finding after more steps than the reduction takes replays to it', () => {
  const p = {
    name: 'long',
    boot(machine: Machine) {
      const x = new Cell('x', 0)
      return {
        cpus: [
          {
            tasks: [
              function* (): KernelPath {
                for (let i = 0; i < 6000; i++) yield* WRITE_ONCE(x, i)
                machine.report('warn', 'late')
                yield* WRITE_ONCE(x, -1)
              },
            ],
          },
        ],
      }
    },
  }
  const [found] = check(p).findings
  expect((replayCheck(p, found!.token) as Machine).findings.map(({ title }) => title)).toEqual(['late'])
}, 20_000)
