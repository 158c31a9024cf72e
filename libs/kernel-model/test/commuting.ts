/** Do two operations on one word commute where their footprints say so? */
import { Cell, type Cpu, conflict, type KernelPath, Level, Machine } from '../src/index.ts'

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

/** Performs the operations in the order that `order` gives; also gives what operation i left in the footprint of the word. */
function run(operations: readonly Operation[], value: number, order: readonly number[]): [Outcome, number[]] {
  const machine = new Machine()
  const word = new Cell('word', value)
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
  return [{ value: word.peek(), results, findings, clocks }, left]
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** True unless the footprints of the two, as performed one after the other, call them independent and they are not. */
export function commuteIfIndependent(a: Operation, b: Operation, value: number): boolean {
  const [one, left] = run([a, b], value, [0, 1])
  if (conflict(left[0]!, left[1]!)) return true
  const [other, leftThere] = run([a, b], value, [1, 0])
  return same(one, other) && leftThere.every((entry, i) => entry === left[i]!)
}
