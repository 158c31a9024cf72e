/** What is measured, and what has to come out. */
import type { Program } from '../src/index.ts'
import { interruptedCounter, nestedOver, nmiOver } from './interrupt_programs.ts'
import { oneLock, philosophers, twoPhaseCommit, twoPhases } from './kernel_programs.ts'
import { fileSystem, indexer } from './popl05_programs.ts'
import { exhaustive, merging, type Mode, parallel, walk } from './modes.ts'
import { counter, counterChecked, counterUnused, fibBench, lastzero, readers } from './programs.ts'

/** One program in one mode. */
export interface Case {
  readonly program: Program
  readonly mode: Mode
  /** How often it is run in one process. */
  readonly repeat: number
  /** How many of what the mode counts, in one run. */
  readonly expected: number
  /** Where that number is from. */
  readonly source: string
}

/** Names a case on a command line. */
export function keyOf({ program, mode, repeat }: Case): string {
  return `${program.name} ${mode.name} x${repeat}`
}

function count(program: Program, expected: number, source: string): Case {
  return { program, mode: exhaustive, repeat: 1, expected, source }
}

const MULTINOMIAL = '(nk)! / k!^n'
const POPL14 = "POPL'14"

/** Explored to the end: counts and times. */
export const EXHAUSTIVE: readonly Case[] = [
  count(counter(3, 2), 90, MULTINOMIAL),
  count(counter(3, 3), 1680, MULTINOMIAL),
  count(counter(4, 2), 2520, MULTINOMIAL),
  count(counter(4, 3), 369_600, MULTINOMIAL),
  ...(
    [
      [3, 2],
      [3, 3],
      [4, 2],
      [4, 3],
    ] as const
  ).map(([n, k]) => count(counterUnused(n, k), 1, 'all commute')),
  count(lastzero(5), 64, POPL14),
  count(lastzero(10), 3328, POPL14),
  count(lastzero(15), 147_456, POPL14),
  count(fibBench(2), 19, 'brute force'),
  count(fibBench(3), 141, 'brute force'),
  count(fibBench(4), 1107, 'brute force'),
  count(indexer(12), 8, '8^(n-11)'),
  count(indexer(13), 64, '8^(n-11)'),
  count(indexer(14), 512, '8^(n-11)'),
  count(indexer(15), 4096, '8^(n-11)'),
  count(fileSystem(14), 2, '2^(n-13)'),
  count(fileSystem(16), 8, '2^(n-13)'),
  count(fileSystem(19), 64, '2^(n-13)'),
  count(readers(2), 4, '2^n'),
  count(readers(8), 256, '2^n'),
  count(readers(13), 8192, '2^n'),
  count(twoPhases(3), 36, 'n!^2'),
  count(twoPhases(4), 576, 'n!^2'),
  count(twoPhases(5), 14_400, 'n!^2'),
  count(twoPhaseCommit(2), 40, '2^n (3 2^n - 2)'),
  count(twoPhaseCommit(3), 176, '2^n (3 2^n - 2)'),
  count(twoPhaseCommit(4), 736, '2^n (3 2^n - 2)'),
  count(oneLock(3, 1), 6, MULTINOMIAL),
  count(oneLock(6, 1), 720, MULTINOMIAL),
  count(oneLock(3, 3), 1680, MULTINOMIAL),
  count(philosophers(2), 3, '2^n - 1'),
  count(philosophers(5), 31, '2^n - 1'),
  count(philosophers(10), 1023, '2^n - 1'),
  count(nmiOver(6), 7, 'n + 1'),
  count(nmiOver(100), 101, 'n + 1'),
  count(nestedOver(4), 25, '(n + 1)^2'),
  count(nestedOver(30), 961, '(n + 1)^2'),
  count(interruptedCounter(3), 1120, '(n + 1)^2 C(2n+2, n+1)'),
  count(interruptedCounter(4), 6300, '(n + 1)^2 C(2n+2, n+1)'),
]

/** States reached before are not gone on from. */
export const MERGED: readonly Case[] = (
  [
    [4, 2],
    [4, 3],
  ] as const
).map(([n, k]) => ({
  program: counterChecked(n, k),
  mode: merging,
  repeat: 1,
  expected: (k + 1) ** n,
  source: '(k + 1)^n',
}))

const SCHEDULES = 400_000

/** Drawn at random: times only. */
export const RANDOM: readonly Case[] = [
  { program: counter(4, 3), mode: walk(SCHEDULES), repeat: 1, expected: SCHEDULES, source: 'as asked' },
]

/** Explored by several threads: their start is part of the time, and weighs less in the longer one. */
export const PARALLEL: readonly Case[] = [
  count(counter(4, 3), 369_600, MULTINOMIAL),
  count(counter(3, 5), 756_756, MULTINOMIAL),
].flatMap((each) => [1, 2].map((workers) => ({ ...each, mode: parallel(workers) })))

/** Explored again and again in one process: memory. */
export const LONG: readonly Case[] = [
  { ...count(counter(4, 3), 369_600, MULTINOMIAL), repeat: 3 },
  { ...count(lastzero(15), 147_456, POPL14), repeat: 3 },
]

export const ALL: readonly Case[] = [...EXHAUSTIVE, ...MERGED, ...PARALLEL, ...RANDOM, ...LONG]
