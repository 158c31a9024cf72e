import {
  atomic_fetch_add,
  Cell,
  declareSometimes,
  type KernelPath,
  live,
  type Machine,
  plain_read,
  reached,
  READ_ONCE,
  plain_write,
  WRITE_ONCE,
} from '@bottom-half/kernel-model'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { decide, explore, exploreStates, type Program } from '../src/index.ts'
import { FAMILIES, programOf, randomSketch } from './random_program.ts'
import { tasks } from './small_program.ts'

const SEED = 20261128

/** n tasks add k times each, and forget what they read: few states, many classes. */
function counters(n: number, k: number, first: (word: Cell<number>) => KernelPath = nothing): Program {
  return tasks(`counters(${n},${k})`, () => {
    const word = new Cell('word', 0)
    const own = new Cell('own', 0)
    const add = (me: number) =>
      function* (): KernelPath {
        if (me === 0) yield* first(own)
        for (let i = 0; i < k; i++) {
          live('add', i)
          yield* atomic_fetch_add(1, word)
        }
        live('end')
      }
    return Array.from({ length: n }, (_, me) => add(me))
  })
}

function* nothing(): KernelPath {}

test('few states and many classes: the states decide, and no data race is possible', () => {
  const decision = decide(counters(4, 3))
  expect(decision).toMatchObject({ verdict: 'holds', by: 'states', dataRaces: 'impossible', reason: null })
  expect(decision.states).toMatchObject({ states: 256, exhausted: true })
  expect(decision.reduction.exhausted).toBe(false)
})

test('a small program is decided by the reduction, and confirmed by its states', () => {
  const program = counters(3, 2)
  expect(decide(program)).toMatchObject({
    by: 'reduction',
    dataRaces: 'judged',
    reduction: explore(program),
    states: { exhausted: true },
  })
})

test('a patient caller has the classes of a program counted of which the states are fewer', () => {
  const { by, reduction, states } = decide(counters(4, 2), { patience: 1_000_000 })
  expect(by).toBe('reduction')
  expect(reduction).toMatchObject({ exhausted: true, executions: 2520, blocked: 0, redundant: 0 })
  expect(states).toMatchObject({ states: 81, exhausted: true })
})

test('where an access is plain only the reduction decides, for states do not show data races', () => {
  const program = counters(3, 3, (own) => plain_write(own, 1))
  expect(exploreStates(program)).toMatchObject({ exhausted: true, plain: true })
  const decision = decide(program)
  expect(decision).toMatchObject({ by: 'reduction', dataRaces: 'judged', verdict: 'holds' })
  expect(decision.reduction.classes).toBe(1680)
})

test('a data race in a program of few states is found', () => {
  const program = tasks('racy', () => {
    const word = new Cell('word', 0)
    const plain = new Cell('plain', 0)
    return [0, 1, 2].map(
      (me) =>
        function* (): KernelPath {
          if (me === 0) yield* plain_write(plain, 1)
          if (me === 1) yield* plain_read(plain)
          for (let i = 0; i < 3; i++) {
            live('add', i)
            yield* atomic_fetch_add(1, word)
          }
          live('end')
        },
    )
  })
  const { by, verdict, findings } = decide(program)
  expect({ by, verdict, kinds: findings.map(({ finding }) => finding.kind) }).toEqual({
    by: 'reduction',
    verdict: 'violated',
    kinds: ['data-race'],
  })
})

test('the same program and options give the same decision', () => {
  expect(decide(counters(4, 2), { maxExecutions: 300 })).toEqual(
    decide(counters(4, 2), { maxExecutions: 300 }),
  )
})

test('a budget that ended is no verdict if the states cannot decide either', () => {
  const program = counters(4, 3, (own) => plain_write(own, 1))
  expect(decide(program, { maxExecutions: 50 })).toMatchObject({
    verdict: 'inconclusive',
    by: null,
    dataRaces: 'open',
    reason: 'the budget of 50 schedules ended',
  })
})

function spinner(until: number): Program {
  return tasks('spins', () => {
    const flag = new Cell('flag', 0)
    return [
      function* (): KernelPath {
        do live('spin')
        while ((yield* READ_ONCE(flag)) !== until)
        live('end')
      },
      () => WRITE_ONCE(flag, 1),
    ]
  })
}

test('a run without an end is a livelock if a fair scheduler can go round for ever', () => {
  const decision = decide(spinner(2), { maxSteps: 50 })
  expect(decision).toMatchObject({ verdict: 'violated', by: 'states', endless: 'livelock' })
  expect(decision.findings[0]).toMatchObject({ finding: { kind: 'livelock' } })
})

test('a run without an end that a fair scheduler ends is only long, and the states decide', () => {
  const program = tasks('long', () => {
    const word = new Cell('word', 0)
    return [
      function* (): KernelPath {
        for (let i = 0; i < 60; i++) yield* WRITE_ONCE(word, i)
      },
    ]
  })
  expect(decide(program, { maxSteps: 50 })).toMatchObject({
    verdict: 'holds',
    by: 'states',
    endless: 'only long',
  })
})

test('where the states do not tell, the reason says that they do not', () => {
  const program = tasks('longer', () => {
    const word = new Cell('word', 0)
    return [
      function* (): KernelPath {
        for (let i = 0; i < 600; i++) yield* WRITE_ONCE(word, i)
      },
    ]
  })
  expect(decide(program, { maxSteps: 50 })).toMatchObject({
    verdict: 'inconclusive',
    by: null,
    endless: 'unknown',
    reason: 'a schedule did not end within 50 steps: a livelock, or only long',
  })
})

test('a program whose states cannot be named is left to the reduction', () => {
  class Pair {
    readonly word: Cell<number>
    constructor(word: Cell<number>) {
      this.word = word
    }
  }
  const program = tasks('no names', () => {
    const word = new Cell('word', 0)
    const pairs = new Cell('pairs', [new Pair(word), new Pair(word)])
    return [() => READ_ONCE(pairs) as KernelPath<unknown> as KernelPath, () => WRITE_ONCE(word, 1)]
  })
  expect(() => exploreStates(program)).toThrow('share their words')
  expect(decide(program, { use: 'both' })).toMatchObject({ by: 'reduction', verdict: 'holds', states: null })
})

/** Task 0 reaches its label if it sees the other's store; nobody reaches `never`. */
function labelled(declared: readonly string[]): Program {
  return tasks('labelled', (machine: Machine) => {
    for (const label of declared) declareSometimes(machine, label)
    const word = new Cell('word', 0)
    return [
      function* (): KernelPath {
        if ((yield* READ_ONCE(word)) === 1) reached('seen')
      },
      () => WRITE_ONCE(word, 1),
    ]
  })
}

test('a label that no schedule reaches is told by every explorer, and violates', () => {
  const program = labelled(['seen', 'never'])
  expect(explore(program)).toMatchObject({ exhausted: true, neverReached: ['never'] })
  expect(exploreStates(program).neverReached).toEqual(['never'])
  expect(decide(program)).toMatchObject({ verdict: 'violated', neverReached: ['never'], findings: [] })
  expect(decide(labelled(['seen']))).toMatchObject({ verdict: 'holds', neverReached: [] })
})

test('a label that a budget did not come to is not told to be unreachable', () => {
  const one = decide(labelled(['seen', 'never']), { maxExecutions: 1, maxStates: 1 })
  expect(one).toMatchObject({ verdict: 'inconclusive', by: null })
})

test.each(FAMILIES)(
  `on 6 random programs of the family %s (seed ${SEED}), whoever ends first sees what the reduction sees`,
  (family) => {
    const rng = xoroshiro128plus(SEED)
    for (let n = 0; n < 6; n++) {
      const program = programOf(randomSketch((below) => uniformInt(rng, 0, below - 1), family))
      const first = decide(program)
      const both = decide(program, { use: 'both' })
      const names = ({ findings }: typeof first): string[] =>
        findings.map(({ finding }) => finding.title).toSorted()
      expect({ verdict: first.verdict, names: names(first) }).toEqual({
        verdict: both.verdict,
        names: names(both),
      })
    }
  },
  60_000,
)
