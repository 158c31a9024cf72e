/** The programs that papers and tools of the field count: each as kernel paths over shared words. */
import {
  atomic_add,
  atomic_fetch_add,
  Cell,
  type KernelPath,
  live,
  machine,
  READ_ONCE,
  WRITE_ONCE,
} from '@bottom-half/kernel-model'
import type { Program } from '../src/index.ts'
import { type Path, programOf, times } from './program_of.ts'

function* adder(cell: Cell<number>, adds: number): KernelPath {
  for (let k = 0; k < adds; k++) yield* atomic_fetch_add(1, cell)
}

/** Tasks that add to one word, and look at what they get: no two additions commute. */
export function counter(cpus: number, adds: number): Program {
  return programOf(`counter(${cpus},${adds})`, () => {
    const cell = new Cell('x', 0)
    const path: Path = () => adder(cell, adds)
    return { tasks: times(cpus, () => path) }
  })
}

function* silentAdder(cell: Cell<number>, adds: number): KernelPath {
  for (let k = 0; k < adds; k++) yield* atomic_add(1, cell)
}

/** The same with additions that give nothing: all of them commute. */
export function counterUnused(cpus: number, adds: number): Program {
  return programOf(`counter(${cpus},${adds}), result unused`, () => {
    const cell = new Cell('x', 0)
    const path: Path = () => silentAdder(cell, adds)
    return { tasks: times(cpus, () => path) }
  })
}

function* checkedAdder(cell: Cell<number>, adds: number, all: number): KernelPath {
  for (let k = 0; k < adds; k++) {
    const before = yield* atomic_fetch_add(1, cell)
    if (before < k || before >= all) machine().report('warn', 'a count that cannot be')
    live('counted', k)
  }
}

/** Each result is checked once; then a task depends on nothing but how often it added, which it declares. */
export function counterChecked(cpus: number, adds: number): Program {
  return programOf(`counter(${cpus},${adds}), results checked`, () => {
    const cell = new Cell('x', 0)
    const path: Path = () => checkedAdder(cell, adds, cpus * adds)
    return { tasks: times(cpus, () => path) }
  })
}

function* lastZero(row: readonly Cell<number>[]): KernelPath {
  for (let i = row.length - 1; (yield* READ_ONCE(row[i]!)) !== 0; i--);
}

function* oneMore(left: Cell<number>, own: Cell<number>): KernelPath {
  yield* WRITE_ONCE(own, (yield* READ_ONCE(left)) + 1)
}

/**
 * `lastzero(n)` of "Optimal dynamic partial order reduction" (Abdulla, Aronis, Jonsson, Sagonas, POPL'14): one task looks for
 * the last zero of a row, from its end; n tasks each write one more than their left neighbour.
 */
export function lastzero(n: number): Program {
  return programOf(`lastzero(${n})`, () => {
    const row = times(n + 1, (i) => new Cell(`row${i}`, 0))
    const writers = times(
      n,
      (i): Path =>
        () =>
          oneMore(row[i]!, row[i + 1]!),
    )
    return { tasks: [() => lastZero(row), ...writers] }
  })
}

function* addOther(own: Cell<number>, other: Cell<number>, n: number): KernelPath {
  for (let k = 0; k < n; k++) yield* WRITE_ONCE(own, (yield* READ_ONCE(own)) + (yield* READ_ONCE(other)))
}

/** `fib_bench` of the SV-COMP benchmarks: two tasks, each adds the word of the other to its own, n times. */
export function fibBench(n: number): Program {
  return programOf(`fib_bench(${n})`, () => {
    const i = new Cell('i', 1)
    const j = new Cell('j', 1)
    return { tasks: [() => addOther(i, j, n), () => addOther(j, i, n)] }
  })
}

/** `readers(n)` of the POPL'14 paper: one task writes a word, n tasks read it. */
export function readers(n: number): Program {
  return programOf(`readers(${n})`, () => {
    const cell = new Cell('x', 0)
    const writer = () => WRITE_ONCE(cell, 42)
    return { tasks: [writer, ...times(n, () => () => READ_ONCE(cell))] }
  })
}
