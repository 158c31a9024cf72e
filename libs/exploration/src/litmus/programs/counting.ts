/**
 * Families of programs whose number of equivalence classes is known: the same counts that the papers on partial-order reduction
 * print.
 */
import type { Litmus, Operation } from '../schema.ts'
import { lock, read, set, tasks, times, unlock, write } from './build.ts'

/** A program and its number of Mazurkiewicz classes under sequential consistency. */
export interface Counted {
  readonly litmus: Litmus
  readonly classes: number
  /** Where the number is from. */
  readonly source: string
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))

/** In how many ways n sequences of k things can be interleaved. */
const interleavings = (n: number, k: number): number => factorial(n * k) / factorial(k) ** n

/** n tasks that each add 1 to one word k times, and use what they found. All of it conflicts. */
export function counter(n: number, k: number): Counted {
  const ops = times(k, (i): Operation => ({ op: 'fetch_add', word: 'x', value: 1, into: `r${i}` }))
  return {
    litmus: {
      name: `counter(${n},${k})`,
      init: { x: 0 },
      cpus: tasks(...times(n, () => ops)),
      final: { forall: `x == ${n * k}` },
    },
    classes: interleavings(n, k),
    source: '(nk)! / (k!)^n',
  }
}

/** The same without a look at the result: additions commute. */
export function unusedCounter(n: number, k: number): Counted {
  const ops = times(k, (): Operation => ({ op: 'add', word: 'x', value: 1 }))
  return {
    litmus: {
      name: `counter-unused(${n},${k})`,
      init: { x: 0 },
      cpus: tasks(...times(n, () => ops)),
      final: { forall: `x == ${n * k}` },
    },
    classes: 1,
    source: 'all additions commute',
  }
}

/** The same with each result checked once and then dead: few states, as many classes. */
export function checkedCounter(n: number, k: number): Counted {
  const ops = times(k, (): Operation[] => [
    { op: 'fetch_add', word: 'x', value: 1, into: 'r' },
    { op: 'assert', condition: `r >= 0 && r < ${n * k}` },
    { op: 'live', registers: [] },
  ]).flat()
  return {
    litmus: {
      name: `counter-checked(${n},${k})`,
      init: { x: 0 },
      cpus: tasks(...times(n, () => ops)),
      final: { forall: `x == ${n * k}` },
    },
    classes: interleavings(n, k),
    source: '(nk)! / (k!)^n',
  }
}

/** Abdulla, Aronis, Jonsson, Sagonas, POPL'14: task 0 looks for the last 0 of an array, task j does a[j] = a[j-1] + 1. */
export function lastzero(n: number): Counted {
  const search: Operation[] = [
    set('i', n),
    read(`a[i]`, 'v'),
    { op: 'repeat', times: n, while: 'v != 0', ops: [set('i', 'i - 1'), read('a[i]', 'v')] },
  ]
  const writers = times(n, (j) => [read(`a[${j}]`, 'v'), write(`a[${j + 1}]`, 'v + 1')])
  return {
    litmus: {
      name: `lastzero(${n})`,
      init: { a: times(n + 1, () => 0) },
      cpus: tasks(search, ...writers),
      final: { forall: 'a[0] == 0' },
    },
    classes: (n + 3) * 2 ** (n - 2),
    source: "(n+3) * 2^(n-2); POPL'14 prints 64, 3,328 and 147,456 for 5, 10 and 15",
  }
}

const FIB_CLASSES: Readonly<Record<number, number>> = { 2: 19, 3: 141, 4: 1107 }

function fibonacci(n: number): number {
  let [a, b] = [0, 1]
  for (let i = 0; i < n; i++) [a, b] = [b, a + b]
  return a
}

/** SV-COMP's fib_bench (pthread/fib_bench-1.c): i += j and j += i, `rounds` times, each as read, read, write. */
export function fibBench(rounds: 2 | 3 | 4): Counted {
  const sum = (own: string, other: string): Operation[] => [
    read(own, 'a'),
    read(other, 'b'),
    write(own, 'a + b'),
  ]
  const most = fibonacci(2 * rounds + 2)
  return {
    litmus: {
      name: `fib_bench(${rounds})`,
      init: { i: 1, j: 1 },
      cpus: tasks(times(rounds, () => sum('i', 'j')).flat(), times(rounds, () => sum('j', 'i')).flat()),
      final: { forall: `i <= ${most} && j <= ${most}`, exists: `i == ${most} || j == ${most}` },
    },
    classes: FIB_CLASSES[rounds]!,
    source: 'counted by an independent implementation',
  }
}

const TABLE = 128
const MESSAGES = 4

/** Flanagan, Godefroid, POPL'05: each task inserts 4 messages into a hash table by compare-and-exchange, and probes linearly. */
export function indexer(n: number): Counted {
  const insert = (m: number, task: number): Operation[] => [
    set('w', (m + 1) * 11 + task),
    set('h', `(w * 7) % ${TABLE}`),
    { op: 'cmpxchg', word: 'table[h]', old: 0, new: 'w', into: 'found' },
    {
      op: 'repeat',
      times: TABLE,
      while: 'found != 0',
      ops: [
        set('h', `(h + 1) % ${TABLE}`),
        { op: 'cmpxchg', word: 'table[h]', old: 0, new: 'w', into: 'found' },
      ],
    },
  ]
  return {
    litmus: {
      name: `indexer(${n})`,
      init: { table: times(TABLE, () => 0) },
      cpus: tasks(...times(n, (task) => times(MESSAGES, (m) => insert(m, task)).flat())),
    },
    classes: n < 12 ? 1 : 8 ** (n - 11),
    source: "POPL'05, POPL'14: 8, 64, 512 and 4,096 for 12 to 15",
  }
}

/** One task writes a word that n others read, each of which then writes a word of its own. */
export function readers(n: number): Counted {
  return {
    litmus: {
      name: `readers(${n})`,
      init: { x: 0, seen: times(n, () => 0) },
      cpus: tasks([write('x', 1)], ...times(n, (i) => [read('x', 'r'), write(`seen[${i}]`, 'r')])),
      final: { forall: 'x == 1' },
    },
    classes: 2 ** n,
    source: '2^n: each reader is before or after the write',
  }
}

/** n tasks that enter one critical section k times. */
export function locking(n: number, k: number): Counted {
  const ops = times(k, () => [lock('L'), read('x', 'r'), write('x', 'r + 1'), unlock('L')]).flat()
  return {
    litmus: {
      name: `lock(${n},${k})`,
      init: { x: 0 },
      locks: ['L'],
      cpus: tasks(...times(n, () => ops)),
      final: { forall: `x == ${n * k}` },
    },
    classes: interleavings(n, k),
    source: '(nk)! / (k!)^n orders of the critical sections',
  }
}

/** Two-phase locking: n tasks take two locks in one order, then release both. */
export function twoPhase(n: number): Counted {
  const ops = [
    lock('A'),
    lock('B'),
    read('x', 'r'),
    write('x', 'r + 1'),
    write('y', 'r + 1'),
    unlock('B'),
    unlock('A'),
  ]
  return {
    litmus: {
      name: `two-phase(${n})`,
      init: { x: 0, y: 0 },
      locks: ['A', 'B'],
      cpus: tasks(...times(n, () => ops)),
      final: { forall: `x == ${n} && y == ${n}` },
    },
    classes: factorial(n),
    source: 'n! orders of the transactions',
  }
}

/** The members of the families that are small enough to be explored in a moment. */
export const COUNTING: readonly Counted[] = [
  counter(3, 2),
  counter(3, 3),
  counter(4, 2),
  unusedCounter(3, 2),
  unusedCounter(4, 3),
  checkedCounter(3, 2),
  lastzero(4),
  lastzero(5),
  lastzero(10),
  fibBench(2),
  fibBench(3),
  fibBench(4),
  indexer(11),
  indexer(12),
  indexer(13),
  readers(3),
  readers(8),
  locking(2, 2),
  locking(3, 2),
  twoPhase(3),
  twoPhase(4),
]
