import { access, Level, Machine } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { enumerateSchedules } from '../src/enumerate.ts'
import { explore, type Program } from '../src/index.ts'

/** A task whose steps can turn out in so many ways each. */
function choosing(...ways: readonly number[]): Program {
  return {
    name: 'choosing',
    boot: () => {
      const machine = new Machine()
      const path = function* () {
        for (const outcomes of ways) yield* access('choose', null, (_m, chosen) => chosen, { outcomes })
      }
      machine.addFrame({ name: 't', cpu: machine.addCpu(), level: Level.Task, path, immediate: false })
      return machine
    },
  }
}

test.each([[[3]], [[3, 2]], [[2, 3]], [[4, 1, 3]], [[5, 4, 3, 2]]])(
  'steps with %j ways to turn out are run in each combination, once',
  (ways) => {
    const program = choosing(...ways)
    const classes = ways.reduce((product, n) => product * n, 1)
    expect(enumerateSchedules(program, 1000, () => undefined)).toBe(classes)
    expect(explore(program)).toMatchObject({ executions: classes, classes, blocked: 0, exhausted: true })
  },
)
