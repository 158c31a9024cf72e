import {
  access,
  atomic_dec,
  atomic_dec_and_test,
  atomic_inc,
  Cell,
  Level,
  Machine,
  Order,
  READ_ONCE,
  type KernelPath,
} from '@bottom-half/kernel-model'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { enumerateSchedules, explore, type Program } from '../src/index.ts'

type Op = (word: Cell<number>) => KernelPath<unknown>

/** Waits until the word has fallen to `value` or below. */
const wait =
  (value: number): Op =>
  (word) =>
    access('wait', word, (m) => m.load(word, Order.Acquire), {
      ready: () => word.peek() <= value,
      awaits: [word],
    })

interface Sketch {
  readonly start: number
  readonly frames: { readonly cpu: number; readonly level: Level; readonly body: readonly Op[] }[]
}

const ends = new WeakMap<Machine, () => string>()

function programOf({ start, frames }: Sketch): Program {
  return {
    name: 'commuting',
    boot: () => {
      const machine = new Machine()
      const word = new Cell('word', start)
      const results: unknown[][] = frames.map(() => [])
      const cpus = [machine.addCpu(), machine.addCpu(), machine.addCpu()]
      for (const [i, { cpu, level, body }] of frames.entries()) {
        const path = function* (): KernelPath {
          for (const op of body) results[i]!.push(yield* op(word))
        }
        machine.addFrame({ name: `f${i}`, cpu: cpus[cpu]!, level, path, immediate: false })
      }
      ends.set(machine, () => JSON.stringify([word.peek(), results]))
      return machine
    },
  }
}

/** Tasks that add, put, read and wait; and perhaps a handler. */
function randomSketch(pick: (n: number) => number): Sketch {
  const ops: readonly Op[] = [
    atomic_inc,
    atomic_inc,
    atomic_dec,
    atomic_dec_and_test,
    atomic_dec_and_test,
    atomic_dec_and_test,
    READ_ONCE,
    wait(1),
    wait(0),
  ]
  const body = (): Op[] => Array.from({ length: 1 + pick(2) }, () => ops[pick(ops.length)]!)
  const frames = [0, 1, 2].map((cpu) => ({ cpu, level: Level.Task as Level, body: body() }))
  if (pick(2) === 0) frames.push({ cpu: pick(3), level: Level.Nmi, body: body() })
  return { start: 1 + pick(3), frames }
}

test('of 400 random programs of adds, puts, reads and waits each class and end state of brute force is reached', () => {
  const rng = xoroshiro128plus(7)
  const pick = (n: number): number => uniformInt(rng, 0, n - 1)
  let [compared, classes, executions] = [0, 0, 0]
  while (compared < 400) {
    const program = programOf(randomSketch(pick))
    const all = new Map<number, string>()
    const count = enumerateSchedules(program, 300, (machine, _, fingerprint) => {
      const end = ends.get(machine)!()
      expect(all.get(fingerprint) ?? end).toBe(end)
      all.set(fingerprint, end)
    })
    if (count < 0) continue
    compared++
    const reduced = new Map<number, string>()
    const result = explore(program, {
      onSchedule: (machine, _, fingerprint) => reduced.set(fingerprint, ends.get(machine)!()),
    })
    expect(reduced).toEqual(all)
    classes += result.executions - result.redundant
    executions += result.executions
  }
  // A wait behind adds that commute may depend on one of several of them: that is no partial order, and costs some runs.
  expect(executions).toBeLessThan(classes * 1.005)
}, 60_000)

const tasks = (op: Op, start: number): Program =>
  programOf({ start, frames: [0, 1, 2].map((cpu) => ({ cpu, level: Level.Task, body: [op] })) })

test('adds that nobody reads are one class, three looks at what is left one for each order', () => {
  expect(explore(tasks(atomic_inc, 0))).toMatchObject({ redundant: 0, executions: 1, blocked: 0 })
  expect(explore(tasks(atomic_dec_and_test, 4))).toMatchObject({ redundant: 0, executions: 6, blocked: 0 })
})
