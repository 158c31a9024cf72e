import { do_exit, run_hook } from '@bottom-half/kernel-model'
import { describe, expect, test } from 'vitest'
import type { Lab } from '../src/index.ts'
import {
  byTaskWork,
  type Deliver,
  endOf,
  fake,
  type FakeOptions,
  inline,
  kinds,
  never,
  run,
  titles,
} from './fake.ts'

/** One submit for `a`. */
function once(lab: Lab): void {
  const map = lab.map('array', ['a'])
  const hook = lab.program('fentry', { map })
  const task = lab.task('submitter', lab.cpu(), () =>
    run_hook(hook, function* (prog) {
      yield* lab.submit(prog, (yield* lab.lookup(map, 'a'))!, task)
    }),
  )
}

const ended = (deliver: Deliver, options?: FakeOptions) => endOf(fake(deliver, options), once)

test('an accepted submit whose callback ran has ended', () => {
  const end = ended(byTaskWork)
  expect(end.endings.map(({ ending }) => ending)).toEqual(['ran'])
  expect(kinds(end)).toEqual([])
})

test('an accepted submit that nothing runs and nothing excuses is lost', () => {
  const end = ended(never)
  expect(end.endings.map(({ ending }) => ending)).toEqual(['lost'])
  expect(titles(end)).toContain(
    'lost-callback: the submit of fentry was accepted, and nothing will run its callback',
  )
})

test('a refused submit has no ending', () => {
  const end = ended(function* () {
    return -1
  })
  expect(end.endings).toEqual([])
})

test('a callback of a refused submit is a finding', () => {
  const end = ended(function* (request) {
    yield* inline(request)
    return -1
  })
  expect(kinds(end)).toContain('unaccepted-callback')
})

test('a callback that runs twice is a finding', () => {
  const end = ended(function* (request) {
    yield* run(request)
    return yield* byTaskWork(request)
  })
  expect(kinds(end)).toContain('double-callback')
})

test('a callback that gets another value than its submit named is a finding', () => {
  const end = endOf(
    fake(function* (request) {
      const other = request.map.slots.find((value) => value !== request.value)!
      return yield* byTaskWork({ ...request, value: other })
    }),
    (lab) => {
      const map = lab.map('array', ['a', 'b'])
      const hook = lab.program('fentry', { map })
      const task = lab.task('submitter', lab.cpu(), () =>
        run_hook(hook, function* (prog) {
          yield* lab.submit(prog, (yield* lab.lookup(map, 'a'))!, task)
        }),
      )
    },
  )
  expect(kinds(end)).toContain('unaccepted-callback')
})

describe('what was never run is excused', () => {
  function endings(type: 'array' | 'hash', then: 'erase' | 'close', release_uref = true): string[] {
    const record = { init_field: () => ({}), obj_free_field: null, release_uref }
    const end = endOf(fake(never, { mechanism: { record } }), (lab) => {
      const map = lab.map(type, ['a'])
      const hook = lab.program('fentry', { map })
      const task = lab.task('submitter', lab.cpu(), function* () {
        yield* run_hook(hook, function* (prog) {
          yield* lab.submit(prog, (yield* lab.lookup(map, 'a'))!, task)
        })
        if (then === 'erase') yield* lab.eraseBySyscall(map, 'a')
        else yield* lab.close(map)
      })
    })
    return end.endings.map(({ ending }) => ending)
  }

  test('by the deletion of the value', () => expect(endings('hash', 'erase')).toEqual(['value-deleted']))
  test('by an update in place, which frees the fields', () =>
    expect(endings('array', 'erase')).toEqual(['cancelled']))
  test('by the last user reference, if that frees the fields', () => {
    expect(endings('array', 'close')).toEqual(['cancelled'])
    expect(endings('array', 'close', false)).toEqual(['lost'])
  })

  test.each([
    [true, 'task-gone'],
    [false, 'lost'],
  ])('by the exit of the target only where work has a target (%s)', (targetsTask, ending) => {
    const end = endOf(fake(never, { promised: { targetsTask } }), (lab) => {
      const map = lab.map('array', ['a'])
      const hook = lab.program('fentry', { map })
      const target = lab.task('target', lab.cpu(), do_exit)
      target.rcu_users.refs.value++
      lab.task('submitter', lab.cpu(), () =>
        run_hook(hook, function* (prog) {
          yield* lab.submit(prog, (yield* lab.lookup(map, 'a'))!, target)
        }),
      )
    })
    expect(end.endings.map((e) => e.ending)).toEqual([ending])
  })
})

test('freeing the fields before a submit does not excuse it', () => {
  const end = endOf(fake(never), (lab) => {
    const map = lab.map('array', ['a'])
    const hook = lab.program('fentry', { map })
    const task = lab.task('submitter', lab.cpu(), function* () {
      yield* lab.eraseBySyscall(map, 'a')
      yield* run_hook(hook, function* (prog) {
        yield* lab.submit(prog, (yield* lab.lookup(map, 'a'))!, task)
      })
    })
  })
  expect(end.endings.map(({ ending }) => ending)).toEqual(['lost'])
})
