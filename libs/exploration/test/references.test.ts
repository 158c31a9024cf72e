import {
  access,
  Cell,
  type KernelPath,
  machine,
  type Machine,
  Order,
  READ_ONCE,
  refcount_dec_and_test,
  refcount_inc,
  refcount_inc_not_zero,
  refcount_set,
  refcount_t,
  WriteKind,
} from '@bottom-half/kernel-model'
import { describe, expect, test } from 'vitest'
import {
  enumerateSchedules,
  type Exploration,
  explore,
  type ExplorationState,
  type Program,
} from '../src/index.ts'
import { lateReference } from './reference_programs.ts'
import { tasks } from './small_program.ts'

type Path = (refs: refcount_t) => KernelPath<unknown>

/** A task for each path, on one count that begins with so many references. */
function counting(references: number, ...paths: Path[]): Program {
  return tasks('references', () => {
    const refs = new refcount_t('object#1.refs', references)
    return paths.map(
      (path) =>
        function* (): KernelPath {
          yield* path(refs)
        },
    )
  })
}

const times = (n: number, path: Path): Path[] => Array.from({ length: n }, () => path)

function* borrow(refs: refcount_t): KernelPath {
  yield* refcount_inc(refs)
  yield* refcount_dec_and_test(refs)
}

/** Takes a reference for a task that puts it, and then does what `next` says. */
const lend = (next?: Path): Path =>
  function* (refs) {
    yield* refcount_inc(refs)
    yield* access('spawn', null, () => {
      machine().spawn('borrower', function* () {
        yield* refcount_dec_and_test(refs)
      })
    })
    if (next !== undefined) yield* next(refs)
  }

/** The classes of brute force, of schedules in which gets and puts of these counts only are in order. */
function classesOf(program: Program, ordered: readonly string[]): Set<number> {
  const all = new Set<number>()
  expect(enumerateSchedules(program, 100_000, (_m, _moves, fp) => all.add(fp), ordered)).toBeGreaterThan(0)
  return all
}

const REFS = ['object.refs']

describe('gets and puts are independent while none could see zero', () => {
  test.each<[string, Program, number]>([
    ['three puts from four', counting(4, ...times(3, refcount_dec_and_test)), 1],
    ['gets that ask', counting(1, ...times(3, refcount_inc_not_zero)), 1],
    ['four tasks that take one and give it back', counting(1, ...times(4, borrow)), 1],
    ['two references that are put elsewhere', counting(1, lend(lend()), borrow), 1],
    ['the last put after all that was borrowed', counting(1, borrowsThenPuts), 1],
  ])('%s', (_, program, classes) => {
    expect(explore(program)).toMatchObject({
      executions: classes,
      redundant: 0,
      blocked: 0,
      exhausted: true,
      orderedCounts: [],
    })
    expect(classesOf(program, []).size).toBe(classes)
    expect(classesOf(program, REFS).size).toBeGreaterThanOrEqual(classes)
  })
})

function* borrowsThenPuts(refs: refcount_t): KernelPath {
  yield* borrow(refs)
  yield* refcount_dec_and_test(refs)
}

describe('they are dependent if one of them sees zero in some schedule', () => {
  test.each<[string, Program, number]>([
    ['three puts from three', counting(3, ...times(3, refcount_dec_and_test)), 6],
    ['two gets and a put from one', counting(1, refcount_inc, refcount_inc, refcount_dec_and_test), 5],
    ['a get that asks and the last put', counting(1, refcount_inc_not_zero, refcount_dec_and_test), 2],
    ['the last put before what was lent is back', counting(1, lend(refcount_dec_and_test)), 2],
    ['one that is set', counting(1, borrow, (refs) => refcount_set(refs, 4)), 3],
  ])('%s', (_, program, classes) => {
    const result = explore(program)
    expect(result).toMatchObject({ redundant: 0, blocked: 0, exhausted: true, orderedCounts: REFS })
    expect(result.executions).toBe(classes)
    expect(classesOf(program, REFS).size).toBe(classes)
  })

  test('of another count they are not', () => {
    const two = tasks('two counts', () => {
      const refs = ['a', 'b'].map((name) => new refcount_t(name, 2))
      const path = function* (): KernelPath {
        yield* refcount_dec_and_test(refs[0]!)
        yield* borrow(refs[1]!)
      }
      return [path, path]
    })
    expect(explore(two)).toMatchObject({ executions: 2, orderedCounts: ['a'] })
  })

  test('a read is dependent on them in either case', () => {
    const program = counting(4, refcount_dec_and_test, refcount_dec_and_test, (refs) => READ_ONCE(refs.refs))
    // The read comes after none, one, the other one, or both.
    expect(explore(program)).toMatchObject({ executions: 4, orderedCounts: [] })
  })
})

describe('what is found late', () => {
  const program = lateReference()

  test('begins the exploration again', () => {
    let [runs, restarts] = [0, 0]
    const classes = new Set<number>()
    const result = explore(program, {
      onSchedule: (_m, _moves, fingerprint) => {
        runs++
        classes.add(fingerprint)
      },
      onRestart: () => {
        restarts++
        expect(runs).toBeGreaterThan(50)
        classes.clear()
      },
    })
    expect(restarts).toBe(1)
    expect(result).toMatchObject({ exhausted: true, redundant: 0, blocked: 0, orderedCounts: ['late'] })
    expect(classes).toEqual(classesOf(program, ['late']))
    expect(result.executions).toBe(classes.size)
  })

  test('comes to the same wherever it is interrupted', () => {
    const whole = explore(program)
    let resume: ExplorationState | null = null
    let end: Exploration | null = null
    let pieces = 0
    for (; end?.reason !== null; pieces++) {
      let left = 37
      end = explore(program, {
        stop: () => --left === 0,
        checkpoint: { due: () => false, save: (state) => (resume = state) },
        ...(resume === null ? {} : { resume }),
      })
    }
    expect(end).toEqual(whole)
    expect(pieces).toBeGreaterThan(5)
  })
})

test('a data race is found beside gets and puts, and its schedule shows it', () => {
  const program = tasks('race', () => {
    const refs = new refcount_t('refs', 5)
    const word = new Cell('word', 0)
    const write = (): KernelPath => access('write', word, (m) => m.store(word, 1, Order.Plain))
    return [
      function* (): KernelPath {
        yield* write()
        yield* refcount_dec_and_test(refs)
      },
      function* (): KernelPath {
        yield* refcount_dec_and_test(refs)
        yield* write()
      },
    ]
  })
  const { findings, orderedCounts } = explore(program)
  expect(orderedCounts).toEqual([])
  expect(findings.map(({ finding }) => finding.kind)).toEqual(['data-race'])
  const again = program.boot({ tracing: false })
  for (const move of findings[0]!.moves) again.perform(move)
  expect(again.findings.map(({ kind }) => kind)).toEqual(['data-race'])
})

test('without a look at each schedule, puts that commute two by two lose the classes in which another one is the last', () => {
  const seen = new Set<string>()
  const ends = new WeakMap<Machine, () => string>()
  const naive = tasks('naive', (m) => {
    const word = new Cell('refs', 3)
    const last: number[] = []
    ends.set(m, () => last.join())
    return [0, 1, 2].map(
      (i) =>
        function* (): KernelPath {
          yield* access('put', word, (at) => {
            at.update(word, word.peek() - 1, Order.Full, WriteKind.Put)
            if (word.peek() === 0) last.push(i)
          })
        },
    )
  })
  explore(naive, { onSchedule: (m) => seen.add(ends.get(m)!()) })
  expect([...seen]).toEqual(['2'])
  enumerateSchedules(naive, 10, (m) => seen.add(ends.get(m)!()))
  expect([...seen].toSorted()).toEqual(['0', '1', '2'])
})
