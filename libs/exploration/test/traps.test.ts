import type { Machine } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { enumerateSchedules, explore } from '../src/index.ts'
import { programOf, type Sketch } from './random_program.ts'

/** Programs on which a simpler engine, or an earlier one of ours, lost classes. Found at random, then shrunk. */
const TRAPS: readonly (readonly [string, Sketch])[] = [
  [
    'a self-IPI that comes in on another handler at its entry',
    {
      cpus: 1,
      words: 1,
      frames: [
        {
          cpu: 0,
          level: 0,
          body: [{ op: 'choose' }, { op: 'raise', body: [{ op: 'read', x: 0, y: 0 }] }, { op: 'choose' }],
        },
        {
          cpu: 0,
          level: 1,
          body: [
            { op: 'irqsOff' },
            { op: 'lock', x: 0 },
            { op: 'write', x: 0, y: 0 },
            { op: 'unlock', x: 0 },
            { op: 'irqsOn' },
            { op: 'add', x: 0, y: 0 },
          ],
        },
      ],
    },
  ],
  [
    'a handler that never gets its lock, at each position in the critical section',
    {
      cpus: 1,
      words: 2,
      frames: [
        {
          cpu: 0,
          level: 0,
          body: [
            { op: 'lock', x: 0 },
            { op: 'unlock', x: 0 },
          ],
        },
        { cpu: 0, level: 2, body: [{ op: 'guarded', x: 1, y: 1 }] },
        { cpu: 0, level: 3, body: [{ op: 'lock', x: 0 }, { op: 'irqsOff' }, { op: 'irqsOn' }] },
      ],
    },
  ],
  [
    'a handler that is hoisted as a whole although only its failed compare-and-exchange races',
    {
      cpus: 1,
      words: 2,
      frames: [
        {
          cpu: 0,
          level: 3,
          body: [
            { op: 'write', x: 1, y: 1 },
            { op: 'cas', x: 1, y: 0 },
          ],
        },
        { cpu: 0, level: 1, body: [{ op: 'write', x: 1, y: 0 }] },
      ],
    },
  ],
  [
    'a self-IPI and the raise that forces it, moved behind another task of the CPU',
    {
      cpus: 2,
      words: 1,
      frames: [
        { cpu: 1, level: 0, body: [{ op: 'raise', body: [{ op: 'write', x: 0, y: 0 }] }] },
        { cpu: 1, level: 0, body: [{ op: 'cas', x: 0, y: 0 }] },
      ],
    },
  ],
  [
    'a softirq between a raise and its IPI, after an NMI that could have waited',
    {
      cpus: 1,
      words: 1,
      frames: [
        { cpu: 0, level: 0, body: [{ op: 'raise', body: [{ op: 'add', x: 0, y: 0 }] }] },
        { cpu: 0, level: 3, body: [{ op: 'irqsOff' }, { op: 'lock', x: 0 }, { op: 'irqsOn' }] },
        { cpu: 0, level: 1, body: [{ op: 'raise', body: [{ op: 'add', x: 0, y: 0 }] }] },
      ],
    },
  ],
  [
    'a handler that crashes, at each position',
    {
      cpus: 1,
      words: 2,
      frames: [
        { cpu: 0, level: 1, body: [{ op: 'write', x: 0, y: 0 }, { op: 'irqsOff' }, { op: 'irqsOn' }] },
        {
          cpu: 0,
          level: 2,
          body: [
            { op: 'free', x: 1 },
            { op: 'use', x: 1 },
          ],
        },
      ],
    },
  ],
  [
    'a wait that a nested handler made possible, reversed with the handler below',
    {
      cpus: 1,
      words: 1,
      frames: [
        { cpu: 0, level: 0, body: [{ op: 'await', x: 0 }] },
        { cpu: 0, level: 2, body: [{ op: 'irqsOff' }, { op: 'write', x: 0, y: 0 }, { op: 'irqsOn' }] },
        { cpu: 0, level: 3, body: [{ op: 'add', x: 0, y: 0 }] },
      ],
    },
  ],
  [
    'two self-IPIs that one exit lets in, in both orders',
    {
      cpus: 1,
      words: 2,
      frames: [
        {
          cpu: 0,
          level: 0,
          body: [
            { op: 'cas', x: 0, y: 1 },
            { op: 'guarded', x: 0, y: 1 },
          ],
        },
        {
          cpu: 0,
          level: 2,
          body: [
            { op: 'raise', body: [{ op: 'add', x: 1, y: 1 }] },
            { op: 'raise', body: [{ op: 'write', x: 1, y: 0 }] },
          ],
        },
      ],
    },
  ],
  [
    'a wait for a word and for the CPU at once',
    {
      cpus: 3,
      words: 1,
      frames: [
        { cpu: 1, level: 0, body: [{ op: 'preemptOff' }, { op: 'add', x: 0, y: 0 }, { op: 'preemptOn' }] },
        { cpu: 1, level: 0, body: [{ op: 'await', x: 0 }, { op: 'irqsOff' }, { op: 'irqsOn' }] },
        { cpu: 2, level: 0, body: [{ op: 'cas', x: 0, y: 0 }] },
      ],
    },
  ],
  [
    'a wait whose enabler is an unfinished handler',
    {
      cpus: 1,
      words: 2,
      frames: [
        { cpu: 0, level: 0, body: [{ op: 'await', x: 0 }] },
        { cpu: 0, level: 3, body: [{ op: 'raise', body: [{ op: 'read', x: 1, y: 0 }] }] },
        {
          cpu: 0,
          level: 3,
          body: [
            { op: 'write', x: 0, y: 1 },
            { op: 'write', x: 1, y: 1 },
          ],
        },
        { cpu: 0, level: 2, body: [{ op: 'irqsOff' }, { op: 'irqsOn' }, { op: 'copy', x: 0, y: 0 }] },
      ],
    },
  ],
  [
    'a disabled task as the second event of a race',
    {
      cpus: 2,
      words: 1,
      frames: [
        { cpu: 0, level: 0, body: [{ op: 'unlock', x: 0 }] },
        { cpu: 1, level: 0, body: [{ op: 'unlock', x: 0 }] },
        { cpu: 1, level: 0, body: [{ op: 'irqsOff' }, { op: 'lock', x: 0 }, { op: 'irqsOn' }] },
      ],
    },
  ],
  [
    'an NMI that crashes before another one could come',
    {
      cpus: 1,
      words: 2,
      frames: [
        { cpu: 0, level: 0, body: [{ op: 'free', x: 0 }] },
        { cpu: 0, level: 3, body: [{ op: 'use', x: 1 }] },
        { cpu: 0, level: 3, body: [{ op: 'free', x: 0 }] },
      ],
    },
  ],
  [
    'two NMIs of which the second needs the first as a whole',
    {
      cpus: 1,
      words: 2,
      frames: [
        { cpu: 0, level: 2, body: [{ op: 'read', x: 1, y: 0 }, { op: 'irqsOff' }, { op: 'irqsOn' }] },
        {
          cpu: 0,
          level: 3,
          body: [
            { op: 'write', x: 0, y: 0 },
            { op: 'read', x: 0, y: 0 },
          ],
        },
        { cpu: 0, level: 3, body: [{ op: 'guarded', x: 0, y: 1 }] },
      ],
    },
  ],
  [
    'a conflict that a later one hides',
    {
      cpus: 2,
      words: 2,
      frames: [
        { cpu: 0, level: 0, body: [{ op: 'write', x: 1, y: 1 }] },
        { cpu: 1, level: 0, body: [{ op: 'guarded', x: 0, y: 1 }] },
        {
          cpu: 0,
          level: 1,
          body: [
            { op: 'write', x: 0, y: 0 },
            { op: 'add', x: 0, y: 1 },
          ],
        },
        {
          cpu: 0,
          level: 3,
          body: [
            { op: 'write', x: 1, y: 1 },
            { op: 'guarded', x: 0, y: 0 },
          ],
        },
      ],
    },
  ],
  [
    'a handler that has to be finished rather than moved, since what is below it then conflicts with it',
    {
      cpus: 2,
      words: 2,
      frames: [
        { cpu: 0, level: 0, body: [{ op: 'add', x: 1, y: 1 }] },
        { cpu: 1, level: 0, body: [{ op: 'cas', x: 1, y: 0 }] },
        { cpu: 1, level: 1, body: [{ op: 'use', x: 0 }] },
        { cpu: 1, level: 2, body: [{ op: 'raise', body: [{ op: 'read', x: 1, y: 0 }] }] },
      ],
    },
  ],
]

test.each(TRAPS)('explores %s', (_name, sketch) => {
  const program = programOf(sketch)
  const all = new Set<string>()
  const reduced = new Set<string>()
  const key = (machine: Machine, fp: number): string =>
    `${fp} ` +
    machine.findings
      .map((f) => f.title)
      .sort()
      .join()
  enumerateSchedules(program, 100_000, (machine, _moves, fp) => all.add(key(machine, fp)))
  explore(program, { onSchedule: (machine, _moves, fp) => reduced.add(key(machine, fp)) })
  expect([...reduced].sort()).toEqual([...all].sort())
})
