import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import {
  CLASSIC,
  compileLitmus,
  exploreLitmus,
  type Litmus,
  type MemoryModel,
  parseLitmus,
} from '../src/litmus/index.ts'
import { parseExpression } from '../src/litmus/expression.ts'
import { endsOf } from './x86_tso.ts'

const SEED = 20261128
const PROGRAMS = 300

type Op = Litmus['cpus'][number]['frames'][number]['ops'][number]

const MODELS: readonly MemoryModel[] = ['sc', 'tso']

function result(litmus: Litmus, memory: MemoryModel, final: NonNullable<Litmus['final']>) {
  const program = parseLitmus({ ...litmus, final })
  return exploreLitmus(program, compileLitmus(program, { memory }), { clock: () => 0, use: 'reduction' })
}

/** The exploration reaches each end that the reference allows, and no other. */
function expectSameEnds(litmus: Litmus, memory: MemoryModel): void {
  const ends = endsOf(litmus, memory)
  const all = ends.map((end) => `(${end})`).join(' || ')
  const { verdict } = result(litmus, memory, { forall: all })
  expect({ litmus, ends, verdict }).toEqual({ litmus, ends, verdict: 'holds' })
  const reached = ends.filter((end) => result(litmus, memory, { exists: end }).observed)
  expect({ litmus, reached }).toEqual({ litmus, reached: ends })
}

/** Two or three tasks of a few operations on two words. */
function randomProgram(pick: (n: number) => number): Litmus {
  const tasks = 2 + (pick(4) === 0 ? 1 : 0)
  const most = tasks === 2 ? 4 : 2
  return {
    name: 'random',
    init: { x: 0, y: 0 },
    cpus: Array.from({ length: tasks }, () => ({
      frames: [
        { level: 'task', ops: Array.from({ length: 1 + pick(most) }, (_, i) => randomOp(pick, `r${i}`)) },
      ],
    })),
  }
}

function randomOp(pick: (n: number) => number, into: string): Op {
  const word = ['x', 'y'][pick(2)]!
  const value = 1 + pick(2)
  switch (pick(12)) {
    case 0:
      return { op: (['mb', 'rmb', 'wmb'] as const)[pick(3)]! }
    case 1:
      return { op: 'fetch_add', word, value, into }
    case 2:
      return { op: 'add', word, value }
    case 3:
      return { op: 'xchg', word, value, into }
    case 4:
      return { op: 'cmpxchg', word, old: pick(2), new: value + 2, into }
    case 5:
    case 6:
    case 7:
    case 8:
      return { op: 'write', word, value, order: (['once', 'release'] as const)[pick(2)] }
    default:
      return { op: 'read', word, into, order: (['once', 'acquire'] as const)[pick(2)] }
  }
}

test.each(MODELS)(
  `${PROGRAMS} random programs (seed ${SEED}) end under %s as the abstract machine of the paper lets them`,
  (memory) => {
    const chance = xoroshiro128plus(SEED)
    const pick = (n: number): number => uniformInt(chance, 0, n - 1)
    for (let i = 0; i < PROGRAMS; i++) expectSameEnds(randomProgram(pick), memory)
  },
  120_000,
)

const straight = CLASSIC.filter(({ litmus }) => litmus.locks === undefined)

test.each(MODELS.flatMap((memory) => straight.map((shape) => [shape.litmus.name, memory, shape] as const)))(
  '%s ends under %s as the abstract machine of the paper lets it, and as the table says',
  (_name, memory, { litmus, observed }) => {
    expectSameEnds(litmus, memory)
    expect(result(litmus, memory, litmus.final!).observed).toBe(observed[memory])
  },
)

/** Does the condition hold at this end of the abstract machine? */
function holdsAt(end: string, condition: string): boolean {
  const values = new Map(end.split(' && ').map((part) => part.split(' == ') as [string, string]))
  const expression = parseExpression<null>(condition, (name) => () => Number(values.get(name)))
  if (typeof expression === 'string') throw new Error(expression)
  return expression(null) !== 0
}

test.each(straight.map((shape) => [shape.litmus.name, shape] as const))(
  'the abstract machines agree with the table about %s',
  (_name, { litmus, observed }) => {
    const reached = (memory: MemoryModel): boolean =>
      endsOf(litmus, memory).some((end) => holdsAt(end, litmus.final!.exists!))
    expect({ sc: reached('sc'), tso: reached('tso') }).toEqual(observed)
  },
)
