import {
  access,
  atomic_fetch_add,
  Cell,
  cmpxchg,
  declareSometimes,
  type KernelPath,
  Level,
  live,
  Order,
  reached,
  READ_ONCE,
  WRITE_ONCE,
} from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { exploreStates, type Program, type StateExploration } from '../src/index.ts'
import { tasks } from './small_program.ts'

const titles = (result: StateExploration): string[] => result.findings.map(({ finding }) => finding.title)

/** Spins until the word has the value. */
function* spin(cell: Cell<number>, value: number): KernelPath {
  do live(`spin for ${value}`)
  while ((yield* READ_ONCE(cell)) !== value)
}

function* wait(cell: Cell<number>): KernelPath {
  yield* access('wait', cell, (m) => m.load(cell, Order.Acquire), {
    ready: () => cell.peek() !== 0,
    awaits: [cell],
  })
}

test('a spin loop that another CPU ends is no livelock', () => {
  const program = tasks('hand-over', () => {
    const flag = new Cell('flag', 0)
    return [() => spin(flag, 1), () => WRITE_ONCE(flag, 1)]
  })
  expect(exploreStates(program)).toMatchObject({ exhausted: true, findings: [], ends: 1, states: 3 })
})

test('a spin loop that nobody ends is a livelock, found although each of its runs is without an end', () => {
  const program = tasks('spins for ever', () => {
    const flag = new Cell('flag', 0)
    return [() => spin(flag, 2), () => WRITE_ONCE(flag, 1)]
  })
  const result = exploreStates(program)
  expect(result).toMatchObject({ exhausted: true, ends: 0, states: 2 })
  expect(titles(result)).toEqual(['livelock: task on CPU0 goes round READ_ONCE flag'])
  expect(result.findings[0]!.finding).toMatchObject({ kind: 'livelock', fatal: true })
})

/** Two CPUs that each take one flag, and give it back where the other has taken its own. */
function polite(): Program {
  return tasks('after you', () => {
    const flags = [new Cell('flag0', 0), new Cell('flag1', 0)]
    const path = (me: number) =>
      function* (): KernelPath {
        for (;;) {
          live('try')
          yield* WRITE_ONCE(flags[me]!, 1)
          if ((yield* READ_ONCE(flags[1 - me]!)) === 0) break
          live('back off')
          yield* WRITE_ONCE(flags[me]!, 0)
        }
        live('done')
        yield* WRITE_ONCE(flags[me]!, 0)
      }
    return [path(0), path(1)]
  })
}

test('two CPUs that make room for each other for ever are a livelock, although other schedules end it', () => {
  const program = polite()
  const result = exploreStates(program)
  expect(result.ends).toBeGreaterThan(0)
  const [found] = result.findings
  expect(found!.finding.kind).toBe('livelock')
  expect(found!.finding.title).toMatch(/^livelock: task on CPU0 goes round .*; task on CPU1 goes round /)
  // The lasso: the cycle can be followed again and again, and leads each time to the same words.
  const machine = program.boot({ tracing: false })
  const go = (moves: readonly number[]): void => {
    for (const move of moves) {
      expect(machine.moves()).toContain(move)
      machine.perform(move)
    }
  }
  go(found!.moves)
  for (let round = 0; round < 3; round++) go(found!.cycle)
  expect(new Set(found!.cycle.map((move) => move >> 4))).toEqual(new Set([0, 1]))
})

test('a long run is no livelock: its end is not found within the budget, and no cycle is claimed', () => {
  const program = tasks('long', () => {
    const x = new Cell('x', 0)
    return [
      function* (): KernelPath {
        for (let i = 0; i < 300; i++) {
          live('count', i)
          yield* atomic_fetch_add(1, x)
        }
      },
    ]
  })
  const result = exploreStates(program, { maxSteps: 100 })
  expect(result).toMatchObject({
    exhausted: false,
    findings: [],
    reason: 'a schedule of more than 100 steps was cut',
  })
  expect(exploreStates(program)).toMatchObject({ exhausted: true, states: 301, findings: [] })
  expect(exploreStates(program, { maxStates: 50 }).reason).toBe('the budget of 50 states ended')
})

test('a lost wake-up is a deadlock in which no one will wake, and no livelock', () => {
  const program = tasks('lost wake-up', () => {
    const [sleeping, woken] = [new Cell('sleeping', 0), new Cell('woken', 0)]
    return [
      function* (): KernelPath {
        yield* WRITE_ONCE(sleeping, 1)
        yield* wait(woken)
      },
      function* (): KernelPath {
        if ((yield* READ_ONCE(sleeping)) === 1) yield* WRITE_ONCE(woken, 1)
      },
    ]
  })
  const result = exploreStates(program)
  expect(titles(result)).toEqual(['deadlock (no one will wake): task on CPU0 waits for woken'])
  expect(result.ends).toBe(2)
})

test.each([
  ['an interrupt that may arrive, and need not', false, ['livelock: task on CPU0 goes round READ_ONCE flag']],
  ['an interrupt that was raised, and has to come', true, []],
])('a spin loop that only %s ends', (_name, raised, expected) => {
  const program = tasks('spins for an interrupt', (m) => {
    const flag = new Cell('flag', 0)
    const handler = { name: 'irq', cpu: m.addCpu(), level: Level.Hardirq, path: () => WRITE_ONCE(flag, 1) }
    if (!raised) m.addFrame({ ...handler, immediate: false })
    return [
      function* (): KernelPath {
        if (raised) yield* access('raise', null, () => m.addFrame({ ...handler, immediate: true }))
        yield* spin(flag, 1)
      },
    ]
  })
  expect(titles(exploreStates(program)).map((title) => title.replace(/CPU\d/, 'CPU0'))).toEqual(expected)
})

test('a lock that is taken by a loop over a compare-and-exchange is free of livelock if its holder gives it back', () => {
  const spinlock = (gives: boolean): Program =>
    tasks('spinlock', () => {
      const lock = new Cell('lock', 0)
      const path = function* (): KernelPath {
        do live('lock')
        while ((yield* cmpxchg(lock, 0, 1)) !== 0)
        live('locked')
        if (gives) yield* WRITE_ONCE(lock, 0)
      }
      return [path, path]
    })
  expect(exploreStates(spinlock(true))).toMatchObject({ exhausted: true, findings: [] })
  expect(titles(exploreStates(spinlock(false))).sort()).toEqual([
    'livelock: task on CPU0 goes round cmpxchg lock',
    'livelock: task on CPU1 goes round cmpxchg lock',
  ])
})

test('what was declared to happen sometimes and never does is listed', () => {
  const program = tasks('sometimes', (m) => {
    for (const label of ['both before', 'never', 'second first']) declareSometimes(m, label)
    const x = new Cell('x', 0)
    const path = (me: number) =>
      function* (): KernelPath {
        const before = yield* atomic_fetch_add(1, x)
        if (before === 1) reached('both before')
        if (before === 0 && me === 1) reached('second first')
        if (before > 1) reached('never')
      }
    return [path(0), path(1)]
  })
  expect(exploreStates(program)).toMatchObject({ exhausted: true, neverReached: ['never'] })
})

test('reaching a label that was not declared is a defect of the program', () => {
  const program = tasks('undeclared', () => {
    const x = new Cell('x', 0)
    return [
      function* (): KernelPath {
        yield* READ_ONCE(x)
        reached('somewhere')
      },
    ]
  })
  expect(() => exploreStates(program)).toThrow('reached(somewhere) without declareSometimes()')
})
