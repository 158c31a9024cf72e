import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import * as linux from '../src/index.ts'
import { access, Cell, type KernelPath, Order, WriteKind } from '../src/index.ts'
import { commuteIfIndependent, type Operation } from './commuting.ts'
import { Drive } from './drive.ts'

const small = fc.integer({ min: -3, max: 4 })
const anyValue = fc.integer({ min: -2, max: 5 })
const RUNS = { numRuns: 3000, seed: 20_261_128 }

/** All that is done to an atomic_t. */
const atomics: fc.Arbitrary<Operation> = fc.oneof(
  small.map(
    (n): Operation =>
      (word) =>
        linux.atomic_add(n, word),
  ),
  fc.constantFrom<Operation>(
    linux.atomic_inc,
    linux.atomic_dec,
    linux.atomic_dec_and_test,
    linux.atomic_read,
    linux.atomic_inc_return,
    (word) => linux.atomic_set(word, 1),
    (word) => linux.atomic_fetch_add(2, word),
    (word) => linux.atomic_fetch_or(1, word),
    (word) => linux.atomic_fetch_add_unless(word, 1, 0),
    (word) => linux.cmpxchg(word, 1, 2),
    (word) => linux.xchg(word, 3),
  ),
)

const onCount =
  (operation: (r: linux.refcount_t) => KernelPath<unknown>): Operation =>
  (refs) =>
    operation({ refs })

/** All that is done to a refcount_t. */
const refcounts: fc.Arbitrary<Operation> = fc
  .constantFrom(
    linux.refcount_inc,
    linux.refcount_inc_not_zero,
    linux.refcount_dec_and_test,
    linux.refcount_dec,
    linux.refcount_read,
  )
  .map(onCount)
const counts = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(linux.REFCOUNT_SATURATED))

/** What `check` says of random pairs; a counterexample, or null. */
function counterexample(
  check: (a: Operation, b: Operation, value: number) => boolean,
  operations: fc.Arbitrary<Operation>,
  values: fc.Arbitrary<number>,
): unknown {
  return fc.check(fc.property(operations, operations, values, check), RUNS).counterexample
}

test('atomic operations that the footprint calls independent give the same in either order', () => {
  expect(counterexample(commuteIfIndependent, atomics, anyValue)).toBeNull()
})

test('refcount operations that the footprint calls independent give the same in either order', () => {
  expect(counterexample(commuteIfIndependent, refcounts, counts)).toBeNull()
})

/** An operation that says `kind` of what it does to the word. */
function declared(kind: WriteKind, change: (value: number) => number, gives: (value: number) => unknown) {
  return (word: Cell<number>): KernelPath<unknown> =>
    access('declared', word, (m) => {
      const value = word.peek()
      m.update(word, change(value), Order.Once, kind)
      return gives(value)
    })
}

const nothing = (): undefined => undefined
const MUTANTS: Record<string, Operation[]> = {
  'atomic_fetch_add as an add': [
    declared(
      WriteKind.Add,
      (v) => v + 1,
      (v) => v,
    ),
  ],
  'xchg as an add': [linux.atomic_inc, declared(WriteKind.Add, () => 3, nothing)],
  'a get that refuses zero as an add': [
    linux.atomic_dec,
    declared(WriteKind.Add, (v) => (v === 0 ? v : v + 1), nothing),
  ],
  'a put as an add': [
    declared(
      WriteKind.Add,
      (v) => v - 1,
      (v) => v === 1,
    ),
  ],
}

test.each(Object.entries(MUTANTS))('%s: the check finds two that do not commute', (_, operations) => {
  const found = counterexample(commuteIfIndependent, fc.constantFrom(...operations), anyValue)
  expect(found).not.toBeNull()
})

test('adds and gets commute with each other, puts and reads with nothing', () => {
  const kinds = (value: number, ...operations: Operation[]): number[] => {
    const drive = new Drive()
    const word = new Cell('word', value)
    return operations.map((operation) => {
      drive.finish(drive.task(drive.cpu(), () => operation(word)))
      return linux.kindOf(drive.machine.footprint.touched[0]!)
    })
  }
  const { Add, Insert, None } = WriteKind
  const [get, put] = [onCount(linux.refcount_inc), onCount(linux.refcount_dec_and_test)]
  expect(kinds(1, linux.atomic_inc, get, put, put)).toEqual([Add, Add, None, None])
  expect(kinds(0, get)).toEqual([None])
  expect(kinds(2, linux.atomic_read, linux.atomic_inc_return)).toEqual([None, None])
  const entry = (kind: number): number => 16 + kind * 4 + linux.WRITES
  expect(linux.conflict(entry(Add), entry(Add))).toBe(false)
  expect(linux.conflict(entry(Insert), entry(Insert))).toBe(false)
  expect(linux.conflict(entry(Add), entry(Insert))).toBe(true)
  expect(linux.conflict(entry(None), entry(None))).toBe(true)
  expect(linux.conflict(entry(Add), 16)).toBe(true)
  expect(linux.conflict(entry(Add), entry(Add) + 16)).toBe(false)
})

test('a word that one step changes in two ways commutes with nothing', () => {
  const drive = new Drive()
  const word = new Cell('word', 0)
  const path = (): KernelPath =>
    access('add and read', word, (m) => {
      m.update(word, 1, Order.Once, WriteKind.Add)
      m.load(word, Order.Once)
    })
  drive.finish(drive.task(drive.cpu(), path))
  expect(drive.machine.footprint.touched.map(linux.kindOf)).toEqual([WriteKind.None])
})
