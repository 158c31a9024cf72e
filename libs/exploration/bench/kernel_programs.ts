/** Programs with locks, waits, choices and NMIs: no paper counts them, a formula does. */
import {
  access,
  atomic_fetch_add,
  Cell,
  type KernelPath,
  type Machine,
  Order,
  raw_spin_lock,
  raw_spin_unlock,
  raw_spinlock_t,
  READ_ONCE,
  WRITE_ONCE,
} from '@bottom-half/kernel-model'
import type { Program } from '../src/index.ts'
import { type Path, programOf, times } from './program_of.ts'

function* sections(lock: raw_spinlock_t, count: number): KernelPath {
  for (let k = 0; k < count; k++) {
    yield* raw_spin_lock(lock)
    yield* raw_spin_unlock(lock)
  }
}

/** Tasks that each take one lock so many times. */
export function oneLock(cpus: number, count: number): Program {
  return programOf(`lock(${cpus},${count})`, () => {
    const lock = new raw_spinlock_t('lock')
    return { tasks: times(cpus, (): Path => () => sections(lock, count)) }
  })
}

function* dine(left: raw_spinlock_t, right: raw_spinlock_t): KernelPath {
  yield* raw_spin_lock(left)
  yield* raw_spin_lock(right)
  yield* raw_spin_unlock(right)
  yield* raw_spin_unlock(left)
}

/** n tasks and n locks in a ring, each task takes the lock on its left, then the one on its right: ABBA for n = 2. */
export function philosophers(n: number): Program {
  return programOf(n === 2 ? 'ABBA locks' : `philosophers(${n})`, () => {
    const locks = times(n, (i) => new raw_spinlock_t(`lock${i}`))
    return {
      tasks: times(
        n,
        (i): Path =>
          () =>
            dine(locks[i]!, locks[(i + 1) % n]!),
      ),
    }
  })
}

/** Waits until the word has the value; the step that ends the wait reads it. */
function waitFor(cell: Cell<number>, value: number): KernelPath {
  const ready = (): boolean => cell.peek() === value
  return access('wait', cell, (m) => void m.load(cell, Order.Acquire), { ready, awaits: [cell] })
}

function* arriveAndCount(arrived: Cell<number>, second: Cell<number>, n: number): KernelPath {
  yield* atomic_fetch_add(1, arrived)
  yield* waitFor(arrived, n)
  yield* atomic_fetch_add(1, second)
}

/** n tasks count themselves in, wait for one another, and only then count up a second word. */
export function twoPhases(n: number): Program {
  return programOf(`two-phase barrier(${n})`, () => {
    const arrived = new Cell('arrived', 0)
    const second = new Cell('second', 0)
    return { tasks: times(n, (): Path => () => arriveAndCount(arrived, second, n)) }
  })
}

const YES = 1
const NO = 2

/** A vote that may turn out either way. */
function vote(cell: Cell<number>): KernelPath {
  const run = (m: Machine, outcome: number): void => m.store(cell, outcome === 0 ? YES : NO, Order.Release)
  return access('vote', cell, run, { outcomes: 2 })
}

function* participate(own: Cell<number>, decision: Cell<number>): KernelPath {
  yield* vote(own)
  yield* READ_ONCE(decision)
}

function* coordinate(votes: readonly Cell<number>[], decision: Cell<number>): KernelPath {
  let agreed = 0
  while (agreed < votes.length && (yield* READ_ONCE(votes[agreed]!)) === YES) agreed++
  yield* WRITE_ONCE(decision, agreed === votes.length ? YES : NO)
}

/**
 * Two-phase commit: n participants vote yes or no. The coordinator looks at the votes in turn, aborts at the first that is no, or
 * not there yet, and writes its decision; each participant looks once whether there is one.
 */
export function twoPhaseCommit(n: number): Program {
  return programOf(`two-phase commit(${n})`, () => {
    const votes = times(n, (i) => new Cell(`vote${i}`, 0))
    const decision = new Cell('decision', 0)
    const participants = votes.map(
      (own): Path =>
        () =>
          participate(own, decision),
    )
    return { tasks: [() => coordinate(votes, decision), ...participants] }
  })
}
