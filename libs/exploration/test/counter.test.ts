import { atomic_fetch_add, Cell, Level, Machine } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { explore } from '../src/index.ts'

function counter(cpus: number, adds: number) {
  return {
    name: `counter(${cpus},${adds})`,
    boot: () => {
      const machine = new Machine()
      const cell = new Cell('x', 0)
      for (let i = 0; i < cpus; i++) {
        const path = function* () {
          for (let k = 0; k < adds; k++) yield* atomic_fetch_add(1, cell)
        }
        machine.addFrame({ name: `t${i}`, cpu: machine.addCpu(), level: Level.Task, path, immediate: false })
      }
      return machine
    },
  }
}

test.each([
  [3, 2, 90],
  [3, 3, 1680],
  [4, 2, 2520],
])('counter(%i,%i) has %i classes, each run once, none blocked', (cpus, adds, classes) => {
  const result = explore(counter(cpus, adds))
  expect(result).toMatchObject({ executions: classes, redundant: 0, blocked: 0, exhausted: true })
})

test('each run is told of once, and what is counted in it is summed up', () => {
  const { executions, tally } = explore(counter(3, 2), { tally: (_machine, count) => count('run') })
  expect(tally).toEqual({ run: executions })
})
