import { explore, minimise, type Program, sameFinding } from '@bottom-half/exploration'
import {
  access,
  Cell,
  Level,
  machine,
  Machine,
  raw_spin_lock,
  raw_spin_unlock,
  raw_spinlock_t,
  WRITE_ONCE,
} from '@bottom-half/kernel-model'
import type { StepResult } from '@bottom-half/report'
import { expect, test } from 'vitest'
import { stepsOf } from '../src/steps.ts'
import { traceOf } from '../src/trace.ts'

/** The steps of the first finding that an exploration meets. */
function firstFinding(program: Program): { steps: StepResult[]; preemptions: number } {
  const [found] = explore(program).findings
  const { deviations } = minimise(program, found!.moves, found!.finding, 500)!
  const trace = traceOf(program, deviations, (m) => sameFinding(m, found!.finding))!
  return { steps: stepsOf(trace), preemptions: trace.preemptions.length }
}

/** A and B are taken in both orders; a third task goes on, whatever happens. */
function abba(): Program {
  return {
    name: 'abba',
    boot(options) {
      const m = new Machine(options)
      const [a, b] = [new raw_spinlock_t('A'), new raw_spinlock_t('B')]
      const word = new Cell('word', 0)
      const both = (first: raw_spinlock_t, second: raw_spinlock_t) =>
        function* takeBoth() {
          yield* raw_spin_lock(first)
          yield* raw_spin_lock(second)
          yield* raw_spin_unlock(second)
          yield* raw_spin_unlock(first)
        }
      const bystander = function* bystander() {
        for (let n = 1; n < 5; n++) yield* WRITE_ONCE(word, n)
      }
      const paths = { ab: both(a, b), ba: both(b, a), bystander }
      for (const [name, path] of Object.entries(paths))
        m.addFrame({ name, cpu: m.addCpu(), level: Level.Task, path, immediate: false })
      return m
    },
  }
}

test('a deadlock ends with those that wait, and its race is who took what they wait for', () => {
  const { steps, preemptions } = firstFinding(abba())
  const told = steps.map(({ frame, op, cell, note, race }) => [frame, op, cell, note, race])
  expect(told.slice(-2)).toEqual([
    ['task ab', 'raw_spin_lock', 'B', 'waits for ever', true],
    ['task ba', 'raw_spin_lock', 'A', 'waits for ever', true],
  ])
  expect(told.filter(([, , , note, race]) => note === null && race)).toEqual([
    ['task ab', 'raw_spin_lock', 'A', null, true],
    ['task ba', 'raw_spin_lock', 'B', null, true],
  ])
  expect(told.some(([frame]) => frame === 'task bystander')).toBe(false)
  expect(steps.map(({ n }) => n)).toEqual([...steps.keys()])
  expect(preemptions).toBe(1)
})

/** A handler reports what it finds in the middle of its task, and causes another one. */
function interruption(): Program {
  return {
    name: 'interruption',
    boot(options) {
      const m = new Machine(options)
      const cpu = m.addCpu()
      const word = new Cell('word', 0)
      const writer = function* writer() {
        yield* WRITE_ONCE(word, 1)
        yield* WRITE_ONCE(word, 2)
      }
      const perf = function* perf() {
        yield* access('look', word, (inner) => {
          if (word.peek() === 1) inner.report('seen', 'the middle was seen')
        })
        yield* access('raise', null, () => {
          machine().raise('again', cpu, Level.Hardirq, function* again() {
            yield* WRITE_ONCE(word, 3)
          })
        })
      }
      m.addFrame({ name: 'writer', cpu, level: Level.Task, path: writer, immediate: false })
      m.addFrame({ name: 'perf NMI', cpu, level: Level.Nmi, path: perf, immediate: false })
      return m
    },
  }
}

test('the steps end with the one that shows the finding, and tell who took them, where, and what changed', () => {
  const { steps, preemptions } = firstFinding(interruption())
  const common = { cpu: 0, cell: 'word', note: null }
  expect(steps).toMatchObject([
    {
      n: 0,
      ...common,
      level: 'task',
      frame: 'task writer',
      op: 'WRITE_ONCE',
      before: '0',
      after: '1',
      race: true,
    },
    {
      n: 1,
      cpu: 0,
      level: 'NMI',
      frame: 'NMI perf',
      op: 'enter NMI',
      functions: [],
      file: null,
      race: false,
    },
    { n: 2, ...common, level: 'NMI', frame: 'NMI perf', op: 'look', before: '1', after: '1', race: true },
  ])
  expect(steps[0]).toMatchObject({ functions: ['writer'], file: 'apps/compare/test/steps.test.ts' })
  expect(preemptions).toBe(1)
})

/** A task writes twice; after that the lab writes once more to find out what is left. */
function atRest(): Program {
  return {
    name: 'at rest',
    boot(options) {
      const m = new Machine(options)
      const word = new Cell('word', 0)
      const add = (name: string, values: readonly number[]): void => {
        const path = function* write() {
          for (const value of values) yield* WRITE_ONCE(word, value)
        }
        m.addFrame({ name, cpu: m.addCpu(), level: Level.Task, path, immediate: false })
      }
      add('task', [1, 2])
      m.atQuiescence(() => add('teardown', [3]))
      m.atRest(() => m.report('leak', 'something is left'))
      return m
    },
  }
}

test('for a finding at rest the steps end where nothing of the scenario could move', () => {
  const { steps } = firstFinding(atRest())
  expect(steps.map(({ frame, after }) => [frame, after])).toEqual([
    ['task task', '1'],
    ['task task', '2'],
  ])
})
