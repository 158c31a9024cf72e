import { access, atomic_fetch_add, Cell, type KernelPath, live, Order } from '@bottom-half/kernel-model'
import { READ_ONCE, WRITE_ONCE } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { checkDeclarations, enumerateSchedules, exploreStates, type Program } from '../src/index.ts'
import { tasks } from './small_program.ts'

/** n CPUs that add k times each, check each result once, and then depend on their position only. */
function counter(cpus: number, adds: number): Program {
  return tasks(`counter(${cpus},${adds}), results checked`, (m) => {
    const x = new Cell('x', 0)
    const path = function* (): KernelPath {
      for (let k = 0; k < adds; k++) {
        const before = yield* atomic_fetch_add(1, x)
        if (before < k || before >= cpus * adds) m.report('warn', 'a count that cannot be')
        live('counted', k)
      }
    }
    return Array.from({ length: cpus }, () => path)
  })
}

test.each([
  [4, 2, 81],
  [4, 3, 256],
])('counter(%i,%i) with each result checked once and declared dead has %i states', (cpus, adds, states) => {
  const result = exploreStates(counter(cpus, adds))
  expect(result).toMatchObject({ states, ends: 1, depth: cpus * adds, exhausted: true, findings: [] })
  // Each frame that is not done can move, in each state.
  expect(result.transitions).toBe((states * cpus * adds) / (adds + 1))
})

test('without the declaration each order of the results is another state', () => {
  const undeclared = tasks('undeclared', () => {
    const x = new Cell('x', 0)
    const path = function* (): KernelPath {
      const first = yield* atomic_fetch_add(1, x)
      yield* WRITE_ONCE(x, first + (yield* READ_ONCE(x)))
    }
    return [path, path]
  })
  const merged = exploreStates(undeclared)
  expect(merged.states).toBeGreaterThan(16)
  expect(checkDeclarations(undeclared)).toMatchObject({
    complete: true,
    difference: null,
    states: merged.states,
  })
})

test('both orders of search reach the same states, and breadth first finds a shortest schedule', () => {
  const program = tasks('a state that many ways lead to', (m) => {
    const x = new Cell('x', 0)
    const count = function* (): KernelPath {
      for (let i = 0; i < 3; i++) if ((yield* atomic_fetch_add(1, x)) >= 2) m.report('warn', 'two or more')
    }
    return [count, count]
  })
  const [deep, broad] = (['depth-first', 'breadth-first'] as const).map((order) =>
    exploreStates(program, { order }),
  )
  expect(broad!.states).toBe(deep!.states)
  expect(broad!.transitions).toBe(deep!.transitions)
  expect(broad!.findings.map((f) => f.finding.title)).toEqual(['two or more'])
  expect(broad!.findings[0]!.moves).toHaveLength(3)
})

test('a finding of the exploration of states replays', () => {
  const program = tasks('a lost update', (m) => {
    const x = new Cell('x', 0)
    const add = function* (): KernelPath {
      yield* WRITE_ONCE(x, (yield* READ_ONCE(x)) + 1)
    }
    m.atRest(() => {
      if (x.peek() !== 2) m.report('warn', 'an update was lost')
    })
    return [add, add]
  })
  const { findings } = exploreStates(program)
  expect(findings.map(({ finding }) => finding.title)).toEqual(['an update was lost'])
  const machine = program.boot({ tracing: false })
  for (const move of findings[0]!.moves) {
    expect(machine.moves()).toContain(move)
    machine.perform(move)
  }
  machine.moves()
  expect(machine.findings.map(({ title }) => title)).toEqual(['an update was lost'])
})

/** A path that says it depends on nothing of what it read; `uses`: it does. */
function forgetful(uses: boolean): Program {
  return tasks(`forgetful ${uses}`, (m) => {
    const [x, y] = [new Cell('x', 0), new Cell('y', 0)]
    m.atRest(() => m.report('warn', `y is ${y.peek()}`))
    const reader = function* (): KernelPath {
      const seen = yield* READ_ONCE(x)
      live('read')
      yield* READ_ONCE(y)
      yield* WRITE_ONCE(y, uses ? seen : 7)
    }
    return [
      reader,
      function* (): KernelPath {
        yield* WRITE_ONCE(x, 1)
      },
    ]
  })
}

test('a declaration that leaves out what the path still depends on is caught, with two schedules that tell', () => {
  const { difference } = checkDeclarations(forgetful(true))
  expect(difference?.what).toBe('the same move leads to different states')
  for (const schedule of difference!.schedules) expect(schedule.length).toBeGreaterThan(1)
  // What it leads to: the exploration of states misses what brute force sees.
  const seen = new Set<string>()
  enumerateSchedules(forgetful(true), 100, (machine) =>
    seen.add(machine.findings.map(({ title }) => title).join()),
  )
  expect(seen).toEqual(new Set(['y is 0', 'y is 1']))
  expect(exploreStates(forgetful(true)).findings).toHaveLength(1)
})

test('a declaration that keeps what the path depends on passes', () => {
  expect(checkDeclarations(forgetful(false))).toMatchObject({ complete: true, difference: null })
  const { prefixes, states, difference } = checkDeclarations(counter(3, 2))
  expect({ states, difference }).toEqual({ states: 27, difference: null })
  expect(prefixes).toBeGreaterThan(100)
})

test('state that neither a word nor addState holds is caught by the same check', () => {
  const program = tasks('hidden', (m) => {
    let last = ''
    const x = new Cell('x', 0)
    const path = (name: string) =>
      function* (): KernelPath {
        yield* access('hide', x, () => {
          last = name
        })
      }
    m.atRest(() => m.report('warn', `${last} was last`))
    return [path('a'), path('b')]
  })
  expect(checkDeclarations(program).difference?.what).toContain('was last')
})

test('objects that paths make in either order are told apart by who made them', () => {
  const program = tasks('made', () => {
    const head = new Cell<{ from: number; next: unknown } | null>('head', null)
    const push = (from: number) =>
      function* (): KernelPath {
        yield* access('push', head, (m) => {
          m.store(head, { from, next: m.load(head, Order.Once) }, Order.Full, true)
        })
      }
    return [push(1), push(2)]
  })
  const result = exploreStates(program)
  // Both orders of the list, and one state for each of their prefixes.
  expect(result).toMatchObject({ states: 5, ends: 2 })
  expect(checkDeclarations(program)).toMatchObject({ complete: true, difference: null })
})
