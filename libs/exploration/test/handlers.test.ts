import { Level } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { explore } from '../src/index.ts'
import { type Op, programOf } from './random_program.ts'

/** A host that writes words 0 to n-1 in turn, and an NMI on its CPU. */
function hostAndNmi(words: number, nmi: Op[], host: Op[] = []): { executions: number; redundant: number } {
  const writes: Op[] = Array.from({ length: words }, (_, x) => ({ op: 'write', x, y: 0 }))
  return explore(
    programOf({
      cpus: 1,
      words: words + 1,
      frames: [
        { cpu: 0, level: Level.Task, body: [...writes, ...host] },
        { cpu: 0, level: Level.Nmi, body: nmi },
      ],
    }),
  )
}

test('an NMI that touches nothing of its host is entered at one position', () => {
  expect(hostAndNmi(6, [{ op: 'write', x: 6, y: 1 }])).toMatchObject({ executions: 1, redundant: 0 })
})

test.each([1, 2, 4, 6])(
  'an NMI that reads %i of the words of its host is entered before and after each of the writes',
  (k) => {
    const nmi: Op[] = Array.from({ length: k }, (_, x) => ({ op: 'read', x, y: 0 }))
    expect(hostAndNmi(6, nmi)).toMatchObject({ executions: k + 1, redundant: 0 })
  },
)

test('an NMI that may have to wait is entered at each of the n + 1 positions of its host', () => {
  expect(hostAndNmi(6, [{ op: 'lock', x: 0 }])).toMatchObject({ executions: 7, redundant: 0 })
})

test('a hardirq is not entered within a section with interrupts off', () => {
  const section: Op[] = [
    { op: 'irqsOff' },
    { op: 'write', x: 0, y: 0 },
    { op: 'write', x: 1, y: 0 },
    { op: 'irqsOn' },
  ]
  const irq: Op[] = [
    { op: 'read', x: 0, y: 0 },
    { op: 'read', x: 1, y: 0 },
  ]
  const frames = [
    { cpu: 0, level: Level.Task, body: section },
    { cpu: 0, level: Level.Hardirq, body: irq },
  ]
  expect(explore(programOf({ cpus: 1, words: 2, frames }))).toMatchObject({ executions: 2, redundant: 0 })
})

test('an NMI inside the critical section of the lock that it takes is a self-deadlock', () => {
  const frames = [
    {
      cpu: 0,
      level: Level.Task,
      body: [
        { op: 'lock', x: 0 },
        { op: 'unlock', x: 0 },
      ] as Op[],
    },
    {
      cpu: 0,
      level: Level.Nmi,
      body: [
        { op: 'lock', x: 0 },
        { op: 'unlock', x: 0 },
      ] as Op[],
    },
  ]
  const { findings, executions } = explore(programOf({ cpus: 1, words: 1, frames }))
  expect(executions).toBe(3)
  expect(findings.map((f) => f.finding.title)).toEqual([
    'self-deadlock (cycle): task on CPU0 is interrupted; NMI on CPU0 waits for A',
  ])
})
