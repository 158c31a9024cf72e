import { Cell, type KernelPath, Level, WRITE_ONCE } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import type { Program } from '../../src/index.ts'
import { Preemptions } from '../../src/strategies/preemption.ts'
import { type Op, programOf } from '../random_program.ts'
import { type FrameOf, program } from './programs.ts'

/** Steps the frames in the order given, and tells which of these steps are preemptions. */
function costs(prog: Program, frames: readonly number[]): number[] {
  const machine = prog.boot({ tracing: false })
  const preemptions = new Preemptions()
  return frames.map((frame) => {
    const moves = machine.moves()
    const move = moves.find((m) => m >> 4 === frame)
    if (move === undefined) throw new Error(`frame ${frame} cannot move`)
    const cost = preemptions.is(machine, moves, move) ? 1 : 0
    machine.perform(move)
    preemptions.performed(machine)
    return cost
  })
}

const writes = (count: number, level: Level = Level.Task): FrameOf => ({
  level,
  path: function* (): KernelPath {
    const own = new Cell('own', 0)
    for (let n = 0; n < count; n++) yield* WRITE_ONCE(own, n)
  },
})

test('leaving a CPU costs where its task could have gone on, and not where it has ended', () => {
  const prog = program('two CPUs', () => [[writes(2)], [writes(2)]])
  expect(costs(prog, [0, 1, 0, 1])).toEqual([0, 1, 1, 0])
})

test('leaving a CPU whose task waits is free, until the wait may end', () => {
  const read: Op = { op: 'read', x: 0, y: 0 }
  const prog = programOf({
    cpus: 2,
    words: 1,
    frames: [
      { cpu: 0, level: Level.Task, body: [read, { op: 'await', x: 0 }] },
      { cpu: 1, level: Level.Task, body: [{ op: 'write', x: 0, y: 0 }, read] },
    ],
  })
  expect(costs(prog, [0, 1, 1, 0])).toEqual([0, 0, 0, 0])
  expect(costs(prog, [1, 0, 1, 0])).toEqual([0, 1, 1, 0])
})

test('the entry of a handler and its return are free, and leaving the CPU afterwards costs as before', () => {
  const prog = program('an NMI', () => [[writes(2), writes(1, Level.Nmi)], [writes(1)]])
  expect(costs(prog, [0, 1, 1, 0, 2])).toEqual([0, 0, 0, 0, 0])
  expect(costs(prog, [0, 1, 1, 2, 0])).toEqual([0, 0, 0, 1, 0])
  // Within the handler, too.
  expect(costs(prog, [0, 1, 2, 1, 0])).toEqual([0, 0, 1, 0, 0])
  // A CPU whose task has not begun is left for nothing once the handler is over.
  expect(costs(prog, [1, 1, 2, 0, 0])).toEqual([0, 0, 0, 0, 0])
})

test('the entry of a handler on another CPU costs what leaving costs', () => {
  const prog = program('an NMI elsewhere', () => [[writes(2)], [writes(1), writes(1, Level.Nmi)]])
  expect(costs(prog, [0, 2, 2, 0])).toEqual([0, 1, 0, 0])
})

test('a task that takes the CPU of another one which could have gone on costs', () => {
  const prog = program('a shared CPU', () => [[writes(2), writes(1)]])
  expect(costs(prog, [0, 1, 0])).toEqual([0, 1, 0])
  expect(costs(prog, [0, 0, 1])).toEqual([0, 0, 0])
})

test('a self-IPI that is due goes on for its CPU: taking it is free, and leaving before it costs', () => {
  const add: Op = { op: 'add', x: 0, y: 0 }
  const prog = programOf({
    cpus: 2,
    words: 1,
    frames: [
      { cpu: 0, level: Level.Task, body: [{ op: 'raise', body: [add] }] },
      { cpu: 1, level: Level.Task, body: [add] },
    ],
  })
  expect(costs(prog, [0, 2, 2, 1])).toEqual([0, 0, 0, 0])
  expect(costs(prog, [0, 1, 2, 2])).toEqual([0, 1, 0, 0])
})
