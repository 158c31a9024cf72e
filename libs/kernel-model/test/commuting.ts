/** Do two operations on one word commute where their footprints say so? */
import {
  Cell,
  type Cpu,
  conflict,
  type KernelPath,
  kindOf,
  Level,
  Machine,
  OrderedCounts,
  ReferenceCount,
  WriteKind,
} from '../src/index.ts'

/** One step on the word; what it gives is its result. */
export type Operation = (word: Cell<number>) => KernelPath<unknown>

/** What an order of the two comes to. Equal for both orders if they commute. */
interface Outcome {
  readonly value: number
  readonly results: readonly unknown[]
  readonly findings: readonly string[]
  /** What the data-race detector knows: the clocks of both frames, and the one that the word publishes. */
  readonly clocks: readonly (readonly number[] | null)[]
}

/** What the word is: any, a count of references, or one of which the order of gets and puts is left open. */
export type WordKind = 'word' | 'count' | 'open count'

/** An order of the two, what operation i left in the footprint of the word, and whether a get or put saw zero. */
interface Run {
  readonly outcome: Outcome
  readonly left: readonly number[]
  readonly sawZero: boolean
}

/** Performs the operations in the order that `order` gives. */
function run(operations: readonly Operation[], value: number, order: readonly number[], kind: WordKind): Run {
  const machine = new Machine()
  const ordered = new OrderedCounts()
  if (kind === 'open count') machine.orderedCounts = ordered
  const word = kind === 'word' ? new Cell('word', value) : new ReferenceCount('word', value)
  const results: unknown[] = []
  for (const [i, operation] of operations.entries()) {
    const cpu: Cpu = machine.addCpu()
    const path = function* (): KernelPath {
      results[i] = yield* operation(word)
    }
    machine.addFrame({ name: `task${i}`, cpu, level: Level.Task, path, immediate: false })
  }
  const left: number[] = []
  for (const i of order) {
    machine.perform(i << 4)
    const { touched } = machine.footprint
    if (touched.length !== 1) throw new Error('an operation touches other words too')
    left[i] = touched[0]!
  }
  const findings = machine.findings.map(({ title }) => title).sort()
  const clocks = [...machine.frames.map(({ clock }) => [...clock]), word.published]
  const sawZero = ordered.size > 0 || left.some((entry) => kindOf(entry) === WriteKind.LastPut)
  return { outcome: { value: word.peek(), results, findings, clocks }, left, sawZero }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** True unless the footprints of the two, as performed one after the other, call them independent and they are not. */
export function commuteIfIndependent(
  a: Operation,
  b: Operation,
  value: number,
  kind: WordKind = 'word',
): boolean {
  const one = run([a, b], value, [0, 1], kind)
  if (conflict(one.left[0]!, one.left[1]!)) return true
  const other = run([a, b], value, [1, 0], kind)
  return same(one.outcome, other.outcome) && other.left.every((entry, i) => entry === one.left[i]!)
}

/** As `commuteIfIndependent`, for two of which none sees zero in either order. */
export function commuteAboveZero(a: Operation, b: Operation, value: number): boolean {
  const orders = [
    [0, 1],
    [1, 0],
  ]
  const sawZero = orders.some((order) => run([a, b], value, order, 'open count').sawZero)
  return sawZero || commuteIfIndependent(a, b, value, 'open count')
}
