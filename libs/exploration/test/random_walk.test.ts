import { Cell, Level, machine, Machine, READ_ONCE, WRITE_ONCE } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { deviationsOf, follow, type Program, randomWalk, sameFinding } from '../src/index.ts'

/** Tasks count up without a lock; the last one to be done reports an update that got lost. */
function lostUpdate(tasks: number, adds: number): Program {
  return {
    name: 'lost update',
    boot: (options) => {
      const m = new Machine(options)
      const counter = new Cell('counter', 0)
      const path = function* () {
        for (let n = 0; n < adds; n++) yield* WRITE_ONCE(counter, (yield* READ_ONCE(counter)) + 1)
      }
      for (let n = 0; n < tasks; n++)
        m.addFrame({ name: `t${n}`, cpu: m.addCpu(), level: Level.Task, path, immediate: false })
      m.atRest(() => {
        if (counter.peek() < tasks * adds) machine().report('lost-update', 'an update got lost')
      })
      return m
    },
  }
}

/** A handler that finds what only the middle of its task shows. */
function handlerInBetween(): Program {
  return {
    name: 'handler in between',
    boot: (options) => {
      const m = new Machine(options)
      const cpu = m.addCpu()
      const word = new Cell('word', 0)
      const task = function* () {
        for (let n = 1; n <= 40; n++) yield* WRITE_ONCE(word, n)
      }
      const nmi = function* () {
        if ((yield* READ_ONCE(word)) === 23) machine().report('seen', 'the middle was seen')
      }
      m.addFrame({ name: 'task', cpu, level: Level.Task, path: task, immediate: false })
      m.addFrame({ name: 'nmi', cpu, level: Level.Nmi, path: nmi, immediate: false })
      return m
    },
  }
}

const walk = (program: Program, seed: number, schedules = 200) => randomWalk(program, { seed, schedules })

test('the same seed gives the same schedules, another seed others', () => {
  const moves = (seed: number): readonly number[] => walk(lostUpdate(3, 3), seed).findings[0]!.moves
  expect(moves(1)).toEqual(moves(1))
  expect(moves(1)).not.toEqual(moves(2))
})

test.each([
  ['a preemption between two steps of a task', lostUpdate(2, 10)],
  ['the entry of a handler at one point of forty', handlerInBetween()],
])('%s is found, and its schedule replays', (_, program) => {
  const [found] = walk(program, 7, 500).findings
  const run = follow(program, deviationsOf(program, found!.moves), { strict: true })
  expect(sameFinding(run!.machine, found!.finding)).toEqual(found!.finding)
})

test('a finding counts the schedules that show it', () => {
  const seen: boolean[] = []
  const result = randomWalk(lostUpdate(2, 1), {
    seed: 1,
    schedules: 300,
    onSchedule: (m) => seen.push(m.findings.length > 0),
  })
  expect(result.executions).toBe(300)
  expect(seen).toHaveLength(300)
  expect(result.findings[0]!.schedules).toBe(seen.filter(Boolean).length)
  expect(result).toMatchObject({ steps: 300 * 4, longest: 4, stopped: 0 })
})

test('a schedule is cut after the most steps', () => {
  const result = randomWalk(lostUpdate(2, 10), { seed: 1, schedules: 5, maxSteps: 3 })
  expect(result).toMatchObject({ executions: 5, steps: 15, longest: 3, findings: [] })
})
