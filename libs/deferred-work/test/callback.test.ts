import {
  access,
  bpf_map_delete_elem,
  local_bh_disable,
  local_irq_save,
  map_update_elem,
  preempt_disable,
  rcu_read_lock,
  rcu_read_lock_trace,
  rcu_read_unlock_trace,
  run_hook,
  type KernelPath,
} from '@bottom-half/kernel-model'
import { describe, expect, test } from 'vitest'
import type { Booted, SubmitRequest } from '../src/index.ts'
import {
  byInterrupt,
  byStranger,
  byTaskWork,
  type Deliver,
  endOf,
  fake,
  type FakeOptions,
  inline,
  kinds,
  titles,
} from './fake.ts'

function oneSubmit(deliver: Deliver, options?: FakeOptions): Booted {
  return endOf(fake(deliver, options), (lab) => {
    const map = lab.map('array', ['a'])
    const hook = lab.program('fentry', { map })
    const task = lab.task('submitter', lab.cpu(), () =>
      run_hook(hook, function* (prog) {
        yield* lab.submit(prog, (yield* lab.lookup(map, 'a'))!, task)
      }),
    )
  })
}

const context = (booted: Booted): string[] =>
  titles(booted).filter((title) => title.startsWith('callback-context'))

describe('a callback promised in task context', () => {
  test('may run when the task returns to user mode', () => expect(context(oneSubmit(byTaskWork))).toEqual([]))

  test('may not run in hardirq', () =>
    expect(context(oneSubmit(byInterrupt))).toEqual([
      'callback-context: a callback promised in task context runs in hardirq',
    ]))

  test('may not run in the RCU reader section of its program', () =>
    expect(context(oneSubmit(inline))[0]).toMatch(/in an RCU reader section$/))

  test.each([
    ['interrupts off', local_irq_save],
    ['preemption off', preempt_disable],
    ['bottom halves off', local_bh_disable],
    ['in an RCU reader section', rcu_read_lock],
  ])('may not run with %s', (what, begin) => {
    const delivered: Deliver = (request) => byTaskWork(preceded(request, begin))
    expect(context(oneSubmit(delivered))[0]).toMatch(new RegExp(`${what}$`))
  })

  test('runs in the task that was named', () =>
    expect(context(oneSubmit(byStranger))).toEqual([
      'callback-context: a callback runs in another task than it was submitted for',
    ]))

  test('runs in any task where none can be named', () =>
    expect(context(oneSubmit(byStranger, { promised: { targetsTask: false } }))).toEqual([]))
})

describe('a callback promised in hardirq', () => {
  const promised = { callbackContext: 'hardirq', targetsTask: false } as const
  test('may run there', () => expect(context(oneSubmit(byInterrupt, { promised }))).toEqual([]))
  test('may not run in a task', () =>
    expect(context(oneSubmit(byTaskWork, { promised }))[0]).toMatch(/runs in task$/))
})

/** The request, with something done before its callback. */
function preceded(request: SubmitRequest, before: () => KernelPath<unknown>): SubmitRequest {
  return {
    ...request,
    *callback_fn(...args) {
      yield* before()
      yield* request.callback_fn(...args)
    },
  }
}

test('the callback executes its program: one that was freed is a use after free', () => {
  const end = oneSubmit(function* (request) {
    yield* access('free', request.prog.object.life, (m) => m.store(request.prog.object.life, 'freed', 0))
    return yield* byTaskWork(request)
  })
  expect(titles(end)).toContain('use-after-free: use after free of fentry.text')
})

describe('the life of the value', () => {
  /**
   * Submits for a hash value; `during` happens on the task's way to user mode, the callback in a section if
   * `section` says so.
   */
  function deleted(section: 'before' | 'after' | 'none', during: 'delete' | 'reuse'): string[] {
    let probing = false
    const end = endOf(
      fake(function* (request) {
        if (probing) return yield* byTaskWork(request)
        probing = true
        return yield* byTaskWork({ ...request, callback_fn: (...args) => surrounded(request, args) })
      }),
      (lab) => {
        const map = lab.map('hash', ['a'], ['b'])
        const hook = lab.program('fentry', { map })
        const task = lab.task('submitter', lab.cpu(), () =>
          run_hook(hook, function* (prog) {
            yield* lab.submit(prog, (yield* lab.lookup(map, 'a'))!, task)
          }),
        )
      },
      'hash',
    )
    return titles(end).filter((title) => title.startsWith('callback-after-free'))

    function* surrounded(request: SubmitRequest, args: Parameters<SubmitRequest['callback_fn']>): KernelPath {
      if (section === 'before') yield* rcu_read_lock_trace()
      yield* bpf_map_delete_elem(request.map, 'a')
      if (during === 'reuse') yield* map_update_elem(request.map, 'b', 0)
      if (section === 'after') yield* rcu_read_lock_trace()
      yield* request.callback_fn(...args)
      if (section !== 'none') yield* rcu_read_unlock_trace()
    }
  }

  test('has ended when the value was deleted', () =>
    expect(deleted('none', 'delete')).toEqual([
      'callback-after-free: a callback begins after its value was freed',
    ]))
  test('has ended when the slot was given to another key', () =>
    expect(deleted('none', 'reuse')).toEqual([
      'callback-after-free: a callback begins after its value was given to another key',
    ]))
  test('is not prolonged by a section that began after the deletion', () =>
    expect(deleted('after', 'delete')).toHaveLength(1))
  test('is prolonged by the section in which the callback runs, if that is older', () => {
    expect(deleted('before', 'delete')).toEqual([])
    expect(deleted('before', 'reuse')).toEqual([])
  })
})

test('a callback that a program runs inline leaves no other finding than its context', () => {
  expect(new Set(kinds(oneSubmit(inline)))).toEqual(new Set(['callback-context']))
})
