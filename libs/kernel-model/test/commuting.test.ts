import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import * as linux from '../src/index.ts'
import {
  access,
  Cell,
  type KernelPath,
  Order,
  OrderedCounts,
  ReferenceCount,
  WriteKind,
} from '../src/index.ts'
import { commuteAboveZero, commuteIfIndependent, type Operation } from './commuting.ts'
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
    linux.atomic_inc_not_zero,
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
  const check = (a: Operation, b: Operation, value: number): boolean =>
    commuteIfIndependent(a, b, value, 'count')
  expect(counterexample(check, refcounts, counts)).toBeNull()
})

test('gets and puts of a count whose order is left open give the same in either order, unless one of them sees zero', () => {
  const operations = fc.oneof(
    refcounts,
    fc.constantFrom<Operation>(
      linux.atomic_inc,
      linux.atomic_dec,
      linux.atomic_dec_and_test,
      linux.atomic_inc_not_zero,
      linux.atomic_read,
    ),
  )
  expect(counterexample(commuteAboveZero, operations, counts)).toBeNull()
  // Zero is what it is about: without the exception the same operations do not commute.
  const always = (a: Operation, b: Operation, value: number): boolean =>
    commuteIfIndependent(a, b, value, 'open count')
  expect(counterexample(always, operations, counts)).not.toBeNull()
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

/** The kinds of operations that are performed one after the other. */
function kindsOn(make: () => Cell<number>, ordered: OrderedCounts | null, operations: Operation[]): number[] {
  const drive = new Drive()
  const word = make()
  drive.machine.orderedCounts = ordered
  return operations.map((operation) => {
    drive.finish(drive.task(drive.cpu(), () => operation(word)))
    return linux.kindOf(drive.machine.footprint.touched[0]!)
  })
}

const entry = (kind: number): number => linux.entryOf(1, linux.WRITES, kind as WriteKind)

test('gets and puts are of kinds that commute, where their order is left open', () => {
  const { Add, Get, Put, LastPut, None } = WriteKind
  const count = (value: number) => (): ReferenceCount => new ReferenceCount('count#1', value)
  const [get, put, tryGet] = [
    onCount(linux.refcount_inc),
    onCount(linux.refcount_dec_and_test),
    onCount(linux.refcount_inc_not_zero),
  ]
  const all = [get, tryGet, put, linux.atomic_inc, linux.atomic_dec_and_test, put, put]
  const open = new OrderedCounts()
  expect(kindsOn(count(1), open, all)).toEqual([Get, Get, Put, Get, Put, Put, LastPut])
  expect(open.names()).toEqual([])
  expect(kindsOn(count(1), null, all)).toEqual([Add, None, None, Add, None, None, None])
  expect(kindsOn(count(1), new OrderedCounts(['count']), [put])).toEqual([None])
  for (const kind of [Get, Put, LastPut]) {
    for (const other of [Get, Put, LastPut]) expect(linux.conflict(entry(kind), entry(other))).toBe(false)
    for (const other of [None, Add]) expect(linux.conflict(entry(kind), entry(other))).toBe(true)
  }
})

test.each([
  ['a get that finds zero', 0, onCount(linux.refcount_inc_not_zero)],
  ['a put of what is not there', 0, onCount(linux.refcount_dec_and_test)],
  ['a put that must not be the last', 1, onCount(linux.refcount_dec)],
])('%s: its count is noted as one that has an order', (_, value, operation) => {
  const open = new OrderedCounts()
  kindsOn(() => new ReferenceCount('count#1', value), open, [operation])
  expect(open.names()).toEqual(['count'])
})

test('elsewhere adds and gets commute with each other, puts and reads with nothing', () => {
  const kinds = (value: number, ...operations: Operation[]): number[] =>
    kindsOn(() => new ReferenceCount('word', value), null, operations)
  const { Add, Insert, None } = WriteKind
  const [get, put] = [onCount(linux.refcount_inc), onCount(linux.refcount_dec_and_test)]
  expect(kinds(1, linux.atomic_inc, get, put, put)).toEqual([Add, Add, None, None])
  expect(kinds(0, get)).toEqual([None])
  expect(kinds(2, linux.atomic_read, linux.atomic_inc_return)).toEqual([None, None])
  expect(linux.conflict(entry(Add), entry(Add))).toBe(false)
  expect(linux.conflict(entry(Insert), entry(Insert))).toBe(false)
  expect(linux.conflict(entry(Add), entry(Insert))).toBe(true)
  expect(linux.conflict(entry(None), entry(None))).toBe(true)
  expect(linux.conflict(entry(Add), linux.entryOf(1, 0))).toBe(true)
  expect(linux.conflict(entry(Add), linux.entryOf(2, linux.WRITES, Add))).toBe(false)
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
