/** Of verdicts and states: what mutants showed that no other test would notice. */
import {
  access,
  atomic_fetch_add,
  Cell,
  declareSometimes,
  type KernelPath,
  Level,
  live,
  Machine,
  Order,
  reached,
  READ_ONCE,
  WRITE_ONCE,
} from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { checkDeclarations, decide, exploreStates, type Program } from '../../src/index.ts'
import { compileLitmus, exploreLitmus, parseLitmus } from '../../src/litmus/index.ts'
import { counters as cnt } from '../strategies/programs.ts'
import { tasks } from '../small_program.ts'

test('a label that only the explorer of states came to is reached', () => {
  const program = tasks('c', (m) => {
    declareSometimes(m, 'last first')
    const word = new Cell('word', 0)
    const add = (me: number) =>
      function* (): KernelPath {
        for (let i = 0; i < 3; i++) {
          live('add', i)
          const before = yield* atomic_fetch_add(1, word)
          if (me === 3 && i === 2 && before === 2) reached('last first')
        }
        live('end')
      }
    return [0, 1, 2, 3].map(add)
  })
  expect(decide(program)).toMatchObject({ by: 'states', verdict: 'holds', neverReached: [] })
})

test('where the reduction runs nothing to its end, a label that no state reaches is never reached', () => {
  const program = tasks('spins', (m) => {
    declareSometimes(m, 'never')
    const flag = new Cell('flag', 0)
    return [
      function* (): KernelPath {
        do live('spin')
        while ((yield* READ_ONCE(flag)) !== 1)
        live('end')
      },
      () => WRITE_ONCE(flag, 1),
    ]
  })
  expect(decide(program, { maxSteps: 50 })).toMatchObject({
    verdict: 'violated',
    by: 'states',
    neverReached: ['never'],
  })
})

const hidden = tasks('hidden', (m) => {
  let last = ''
  const x = new Cell('x', 0)
  const path = (name: string) =>
    function* (): KernelPath {
      yield* access('hide', x, (mm) => {
        mm.store(x, 1, Order.Once)
        last = name
      })
    }
  m.atRest(() => m.report('warn', `${last} was last`))
  return [path('a'), path('b')]
})

test('where both explorers cover all and differ, the laboratory is wrong', () => {
  expect(() => decide(hidden)).toThrow('schedules show')
})

test('an exploration of states that is stopped is not exhausted', () => {
  let n = 0
  expect(exploreStates(cnt(3, 3, 3), { stop: () => ++n > 5 })).toMatchObject({
    exhausted: false,
    reason: 'interrupted',
  })
})

test('an exploration of states is not exhausted if what follows quiescence does not end', () => {
  const program: Program = {
    name: 'tail',
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
        m.spawn('probe', function* () {
          for (;;) yield* WRITE_ONCE(x, 2)
        })
      })
      return m
    },
  }
  expect(exploreStates(program, { maxSteps: 50 })).toMatchObject({ exhausted: false })
})

test('a budget of as many states as there are exhausts them', () => {
  expect(exploreStates(cnt(1), { maxStates: 2 })).toMatchObject({ states: 2, exhausted: true })
})

test('the probability of a collision is the one of TLC', () => {
  const { states, transitions, collision } = exploreStates(cnt(2, 2))
  expect(collision.calculated).toBe((states * (transitions + 1 - states)) / 2 ** 64)
  expect(collision.observed).toBeGreaterThan(0)
})

test('a declaration that leaves out what moves differ by is wrong, and one that is given up proves nothing', () => {
  // One way leaves a handler pending, which the fingerprint cannot see.
  expect(checkDeclarations(cnt(2, 2), { most: 3 })).toMatchObject({ complete: false, difference: null })
})

test('equal states with other moves are a wrong declaration', () => {
  for (const extra of [false, true]) {
    const p = tasks('h', () => {
      let last = ''
      const [x, y] = [new Cell('x', 0), new Cell('y', 0)]
      const path = (name: string) =>
        function* (): KernelPath {
          yield* access('hide', x, (mm) => {
            mm.store(x, 1, Order.Once)
            last = name
          })
        }
      return [
        path('a'),
        path('b'),
        function* (): KernelPath {
          yield* access(
            'wait',
            x,
            (mm) => {
              mm.load(x, Order.Once)
            },
            { ready: () => last === 'a', awaits: [x] },
          )
        },
        ...(extra ? [() => WRITE_ONCE(y, 1)] : []),
      ]
    })
    expect(checkDeclarations(p).difference?.what).toMatch(/^a move /)
  }
})

test('masks that a frame leaves are part of the state', () => {
  const litmus = parseLitmus({
    name: 'm',
    init: { x: 0, y: 0 },
    cpus: [
      {
        frames: [
          {
            level: 'task',
            ops: [
              { op: 'read', word: 'x', into: 'r' },
              { op: 'if', condition: 'r == 1', ops: [{ op: 'preempt_disable' }], else: [{ op: 'mb' }] },
            ],
          },
          { level: 'task', ops: [{ op: 'write', word: 'y', value: 1 }] },
        ],
      },
      { frames: [{ level: 'task', ops: [{ op: 'write', word: 'x', value: 1 }] }] },
    ],
  })
  const r = exploreLitmus(litmus, compileLitmus(litmus), { clock: () => 0, use: 'both' })
  const s = exploreStates(compileLitmus(litmus))
  console.log(
    r.findings.map((f) => f.kind + ': ' + f.title),
    s.states,
    s.findings.length,
  )
  expect(checkDeclarations(compileLitmus(litmus))).toMatchObject({ complete: true, difference: null })
})
