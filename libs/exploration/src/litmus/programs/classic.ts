/**
 * The classic shapes of memory-model testing, with what each model says of their outcome.
 *
 * Names as in diy and herd (Alglave, Maranget, Tautschnig, "Herding Cats", TOPLAS 2014), `+mbs` for a fence in each task, `+po` for none.
 * What x86-TSO says: Sewell, Sarkar, Owens, Zappa Nardelli, Myreen, "x86-TSO", CACM 2010, where n4b, n5 and n6 are from too.
 */
import type { Litmus, MemoryModel, Operation } from '../schema.ts'
import { acquire, fence, lock, read, release, tasks, unlock, write } from './build.ts'

/** A program, and whether its `exists` can be observed under each model. */
export interface Shape {
  readonly litmus: Litmus
  readonly observed: Readonly<Record<MemoryModel, boolean>>
}

const mb = fence('mb')
const XY = { x: 0, y: 0 }
const NEVER = { sc: false, tso: false } as const
/** What a store buffer makes possible. */
const BUFFERED = { sc: false, tso: true } as const

function shape(
  name: string,
  observed: Shape['observed'],
  exists: string,
  cpus: Litmus['cpus'],
  more: Partial<Litmus> = {},
): Shape {
  return { litmus: { name, init: XY, ...more, cpus, final: { exists } }, observed }
}

/** Each task stores, then reads what the other stores. */
const sb = (name: string, observed: Shape['observed'], between: readonly Operation[][]): Shape =>
  shape(
    name,
    observed,
    'P0:r0 == 0 && P1:r0 == 0',
    tasks([write('x', 1), ...between[0]!, read('y', 'r0')], [write('y', 1), ...between[1]!, read('x', 'r0')]),
  )

const swap = (word: string, value: number): Operation => ({ op: 'xchg', word, value })
const locked = (word: string): Operation => ({ op: 'fetch_add', word, value: 1, into: 'r9' })
const spare = (word: string): Operation => ({ op: 'add', word, value: 1 })

const STORE_BUFFERING: readonly Shape[] = [
  sb('SB', BUFFERED, [[], []]),
  sb('SB+mb+po', BUFFERED, [[mb], []]),
  sb('SB+mbs', NEVER, [[mb], [mb]]),
  sb('SB+wmbs', BUFFERED, [[fence('wmb')], [fence('wmb')]]),
  shape(
    'SB+rel-acqs',
    BUFFERED,
    'P0:r0 == 0 && P1:r0 == 0',
    tasks([release('x', 1), acquire('y', 'r0')], [release('y', 1), acquire('x', 'r0')]),
  ),
  shape(
    'SB+xchgs',
    NEVER,
    'P0:r0 == 0 && P1:r0 == 0',
    tasks([swap('x', 1), read('y', 'r0')], [swap('y', 1), read('x', 'r0')]),
  ),
  {
    ...sb('SB+locked', NEVER, [[locked('z')], [locked('w')]]),
    litmus: { ...sb('SB+locked', NEVER, [[locked('z')], [locked('w')]]).litmus, init: { ...XY, z: 0, w: 0 } },
  },
  shape(
    'SB+adds',
    NEVER,
    'P0:r0 == 0 && P1:r0 == 0',
    tasks([write('x', 1), spare('z'), read('y', 'r0')], [write('y', 1), spare('z'), read('x', 'r0')]),
    { init: { ...XY, z: 0 } },
  ),
  shape(
    'SB+locks',
    NEVER,
    'P0:r0 == 0 && P1:r0 == 0',
    tasks(
      [lock('L'), write('x', 1), read('y', 'r0'), unlock('L')],
      [lock('L'), write('y', 1), read('x', 'r0'), unlock('L')],
    ),
    { locks: ['L'] },
  ),
  shape(
    'SB+rfi-pos',
    BUFFERED,
    'P0:r0 == 1 && P0:r1 == 0 && P1:r0 == 1 && P1:r1 == 0',
    tasks(
      [write('x', 1), read('x', 'r0'), read('y', 'r1')],
      [write('y', 1), read('y', 'r0'), read('x', 'r1')],
    ),
  ),
  shape(
    'n6',
    BUFFERED,
    'P0:r0 == 1 && P0:r1 == 0 && x == 1',
    tasks([write('x', 1), read('x', 'r0'), read('y', 'r1')], [write('y', 2), write('x', 2)]),
  ),
  shape(
    'R',
    BUFFERED,
    'y == 2 && P1:r0 == 0',
    tasks([write('x', 1), write('y', 1)], [write('y', 2), read('x', 'r0')]),
  ),
  shape(
    'R+mb+po',
    BUFFERED,
    'y == 2 && P1:r0 == 0',
    tasks([write('x', 1), mb, write('y', 1)], [write('y', 2), read('x', 'r0')]),
  ),
  shape(
    'R+po+mb',
    NEVER,
    'y == 2 && P1:r0 == 0',
    tasks([write('x', 1), write('y', 1)], [write('y', 2), mb, read('x', 'r0')]),
  ),
  shape(
    'R+mbs',
    NEVER,
    'y == 2 && P1:r0 == 0',
    tasks([write('x', 1), mb, write('y', 1)], [write('y', 2), mb, read('x', 'r0')]),
  ),
]

/** The reader of a message sees the flag and not the message. */
const mp = (name: string, writer: Operation[], reader: Operation[]): Shape =>
  shape(name, NEVER, 'P1:r0 == 1 && P1:r1 == 0', tasks(writer, reader))

const iriw = (name: string, between: readonly Operation[]): Shape =>
  shape(
    name,
    NEVER,
    'P2:r0 == 1 && P2:r1 == 0 && P3:r0 == 1 && P3:r1 == 0',
    tasks(
      [write('x', 1)],
      [write('y', 1)],
      [read('x', 'r0'), ...between, read('y', 'r1')],
      [read('y', 'r0'), ...between, read('x', 'r1')],
    ),
  )

const pairs = (
  name: string,
  exists: string,
  first: readonly [Operation, Operation],
  second: readonly [Operation, Operation],
): Shape[] => [
  shape(name, NEVER, exists, tasks([...first], [...second])),
  shape(`${name}+mbs`, NEVER, exists, tasks([first[0], mb, first[1]], [second[0], mb, second[1]])),
]

const wrc = (name: string, between: readonly Operation[]): Shape =>
  shape(
    name,
    NEVER,
    'P1:r0 == 1 && P2:r0 == 1 && P2:r1 == 0',
    tasks(
      [write('x', 1)],
      [read('x', 'r0'), ...between, write('y', 1)],
      [read('y', 'r0'), ...between, read('x', 'r1')],
    ),
  )

const ORDERED: readonly Shape[] = [
  mp('MP', [write('x', 1), write('y', 1)], [read('y', 'r0'), read('x', 'r1')]),
  mp(
    'MP+wmb+rmb',
    [write('x', 1), fence('wmb'), write('y', 1)],
    [read('y', 'r0'), fence('rmb'), read('x', 'r1')],
  ),
  mp('MP+mbs', [write('x', 1), mb, write('y', 1)], [read('y', 'r0'), mb, read('x', 'r1')]),
  mp('MP+rel+acq', [write('x', 1), release('y', 1)], [acquire('y', 'r0'), read('x', 'r1')]),
  mp('MP+xchg', [write('x', 1), swap('y', 1)], [read('y', 'r0'), read('x', 'r1')]),
  ...pairs(
    'LB',
    'P0:r0 == 1 && P1:r0 == 1',
    [read('x', 'r0'), write('y', 1)],
    [read('y', 'r0'), write('x', 1)],
  ),
  wrc('WRC', []),
  wrc('WRC+mbs', [mb]),
  iriw('IRIW', []),
  iriw('IRIW+mbs', [mb]),
  ...pairs('S', 'P1:r0 == 1 && x == 2', [write('x', 2), write('y', 1)], [read('y', 'r0'), write('x', 1)]),
  ...pairs('2+2W', 'x == 1 && y == 1', [write('x', 1), write('y', 2)], [write('y', 1), write('x', 2)]),
]

const one = (name: string, exists: string, ...all: Operation[][]): Shape =>
  shape(name, NEVER, exists, tasks(...all), { init: { x: 0 } })

/** One word only: what every model of a coherent memory forbids. */
const COHERENCE: readonly Shape[] = [
  one('CoRR', 'P1:r0 == 1 && P1:r1 == 0', [write('x', 1)], [read('x', 'r0'), read('x', 'r1')]),
  one('CoWW', 'x == 1', [write('x', 1), write('x', 2)]),
  one('CoRW', 'P0:r0 == 2 && x == 2', [read('x', 'r0'), write('x', 1)], [write('x', 2)]),
  one('CoWR', 'P0:r0 == 2 && x == 1', [write('x', 1), read('x', 'r0')], [write('x', 2)]),
  one('n4b', 'P0:r0 == 2 && P1:r0 == 1', [read('x', 'r0'), write('x', 1)], [read('x', 'r0'), write('x', 2)]),
  one('n5', 'P0:r0 == 2 && P1:r0 == 1', [write('x', 1), read('x', 'r0')], [write('x', 2), read('x', 'r0')]),
]

export const CLASSIC: readonly Shape[] = [...STORE_BUFFERING, ...ORDERED, ...COHERENCE]
