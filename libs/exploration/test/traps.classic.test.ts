import { Level } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { enumerateSchedules, explore, type Program } from '../src/index.ts'
import { endStates, type Op, programOf, type Sketch } from './random_program.ts'
import { type Classic, classicEnds } from './traps/classic_backtracking.ts'

// A naive preemption bound, the fourth trap, is in strategies/preemption_bounded.test.ts.

const SOUND: Classic = { sleepSets: false, passesOverDisabled: true, handlersAreBlocks: true }

function allEnds(program: Program): Set<string> {
  const ends = new Set<string>()
  enumerateSchedules(program, 1000, (machine) => ends.add(endStates.get(machine)!()))
  return ends
}

function reducedEnds(program: Program): Set<string> {
  const ends = new Set<string>()
  explore(program, { onSchedule: (machine) => ends.add(endStates.get(machine)!()) })
  return ends
}

/** A task on a CPU of its own for each body. */
function tasks(words: number, ...bodies: Op[][]): Sketch {
  const frames = bodies.map((body, cpu) => ({ cpu, level: Level.Task, body }))
  return { cpus: bodies.length, words, frames }
}

/** The mistake loses an end state; without it, and by our engine, all are reached. */
function expectTrap(sketch: Sketch, mistake: Partial<Classic>, lost: number): void {
  const program = programOf(sketch)
  const all = allEnds(program)
  expect(classicEnds(program, SOUND)).toEqual(all)
  expect(reducedEnds(program)).toEqual(all)
  const reached = classicEnds(program, { ...SOUND, ...mistake })
  expect([...all]).toEqual(expect.arrayContaining([...reached]))
  expect(all.size - reached.size).toBe(lost)
}

test('sleep sets bolted on to classic backtracking lose an end state: what is to be tried first may sleep', () => {
  const sketch = tasks(
    2,
    [{ op: 'read', x: 1, y: 0 }],
    [{ op: 'write', x: 0, y: 0 }],
    [{ op: 'guarded', x: 0, y: 1 }],
    [{ op: 'write', x: 1, y: 0 }],
  )
  expectTrap(sketch, { sleepSets: true }, 1)
})

test('a handler split from its frame loses an end state: an event of it is reversed, and its entry stays where it was', () => {
  const sketch: Sketch = {
    cpus: 1,
    words: 1,
    frames: [
      { cpu: 0, level: Level.Nmi, body: [{ op: 'read', x: 0, y: 0 }] },
      { cpu: 0, level: Level.Softirq, body: [{ op: 'write', x: 0, y: 0 }] },
    ],
  }
  expectTrap(sketch, { handlersAreBlocks: false }, 1)
})

test('a disabled task taken as the second event of a race loses an end state: it waited for the very event that it is to precede', () => {
  const sketch = tasks(
    1,
    [
      { op: 'lock', x: 0 },
      { op: 'unlock', x: 0 },
    ],
    [{ op: 'lock', x: 0 }],
  )
  expectTrap(sketch, { passesOverDisabled: false }, 1)
})
