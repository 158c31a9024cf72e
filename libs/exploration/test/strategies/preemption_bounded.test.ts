import { Cell, type KernelPath, WRITE_ONCE } from '@bottom-half/kernel-model'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { PreemptionBounded, preemptionBounded } from '../../src/strategies/preemption_bounded.ts'
import { PLANS } from '../random/plans.ts'
import { FAMILIES, programOf, randomSketch, type Sketch } from '../random_program.ts'
import { boundsReached, fewestPreemptions, lostClasses } from './bounded_reference.ts'
import { program } from './programs.ts'

const SEED = 20261128
const PROGRAMS = 1000
/** Programs with more schedules than this are passed over: brute force has to stay possible. */
const MOST_SCHEDULES = 100
/** The wide and the crossing ones nearly all have more. */
const DRAWN = FAMILIES.filter((family) => family !== 'wide' && PLANS[family].byClasses !== true)
const MOST_PREEMPTIONS = 3

test(`on ${PROGRAMS} random programs of all families (seed ${SEED}) the search reaches, with each bound up to ${MOST_PREEMPTIONS}, the classes of brute force with that bound`, () => {
  const rng = xoroshiro128plus(SEED)
  const pick = (n: number): number => uniformInt(rng, 0, n - 1)
  for (let compared = 0; compared < PROGRAMS;) {
    const sketch = randomSketch(pick, DRAWN[compared % DRAWN.length])
    const prog = programOf(sketch)
    const fewest = fewestPreemptions(prog, MOST_SCHEDULES)
    if (fewest === null) continue
    compared++
    const lost = lostClasses(prog, preemptionBounded(MOST_PREEMPTIONS), fewest, MOST_PREEMPTIONS)
    expect({ sketch, lost }).toEqual({ sketch, lost: [] })
  }
}, 300_000)

/** Goes back only to where a race is: what a bound that is bolted on to the unbounded reduction does. */
class NaiveBound extends PreemptionBounded {
  protected override pointsFor(at: number): number[] {
    return [at]
  }
}

test('a naive preemption bound loses the order of two CPUs that race after a step of their own', () => {
  const prog = program('late race', () => {
    const shared = new Cell('shared', 0)
    return [0, 1].map((i) => {
      const own = new Cell(`own ${i}`, 0)
      const path = function* (): KernelPath {
        yield* WRITE_ONCE(own, 1)
        yield* WRITE_ONCE(shared, i)
      }
      return [{ path }]
    })
  })
  // Either CPU can run first, without any preemption.
  expect([...fewestPreemptions(prog, 100)!.values()]).toEqual([0, 0])
  expect([...boundsReached(prog, preemptionBounded(0)).values()]).toEqual([0, 0])
  expect([...boundsReached(prog, new NaiveBound(0)).values()]).toEqual([0])
})

/** Programs on which an earlier search of ours lost classes. Found at random. */
const TRAPS: readonly (readonly [string, Sketch])[] = [
  [
    'a task that waits for a lock and had, before that was taken, waited for its CPU',
    {
      cpus: 2,
      words: 1,
      frames: [
        {
          cpu: 0,
          level: 0,
          body: [{ op: 'preemptOff' }, { op: 'lock', x: 0 }],
        },
        { cpu: 0, level: 0, body: [{ op: 'lock', x: 0 }] },
        { cpu: 1, level: 0, body: [{ op: 'lock', x: 1 }] },
        { cpu: 1, level: 1, body: [{ op: 'lock', x: 0 }] },
      ],
    },
  ],
  [
    'a CPU that comes to a lock while that is held, which it may then leave for nothing',
    {
      cpus: 2,
      words: 1,
      frames: [
        {
          cpu: 0,
          level: 0,
          body: [
            { op: 'timedLock', x: 0 },
            { op: 'add', x: 0, y: 0 },
            { op: 'timedUnlock', x: 0 },
            { op: 'add', x: 0, y: 0 },
          ],
        },
        {
          cpu: 1,
          level: 0,
          body: [
            { op: 'copy', x: 0, y: 0 },
            { op: 'lock', x: 0 },
            { op: 'add', x: 0, y: 0 },
            { op: 'unlock', x: 0 },
            { op: 'write', x: 0, y: 0 },
          ],
        },
      ],
    },
  ],
  [
    'a handler before all tasks of its CPU, which is over before the choice among them',
    {
      cpus: 1,
      words: 2,
      frames: [
        {
          cpu: 0,
          level: 0,
          body: [
            { op: 'copy', x: 0, y: 0 },
            { op: 'add', x: 1, y: 1 },
          ],
        },
        { cpu: 0, level: 0, body: [{ op: 'choose' }] },
        {
          cpu: 0,
          level: 1,
          body: [
            { op: 'copy', x: 1, y: 0 },
            { op: 'read', x: 0, y: 1 },
          ],
        },
      ],
    },
  ],
  [
    'a task that comes to its end before or after another one sends a handler to its CPU',
    {
      cpus: 1,
      words: 1,
      frames: [
        { cpu: 0, level: 0, body: [{ op: 'choose' }] },
        {
          cpu: 0,
          level: 0,
          body: [
            {
              op: 'send',
              body: [
                { op: 'add', x: 0, y: 0 },
                { op: 'add', x: 0, y: 0 },
              ],
              x: 0,
              level: 2,
            },
          ],
        },
      ],
    },
  ],
  [
    'two tasks of a CPU that raise a self-IPI each, which is due at once and held back by nothing',
    {
      cpus: 1,
      words: 1,
      frames: [
        { cpu: 0, level: 0, body: [{ op: 'raise', body: [{ op: 'add', x: 0, y: 0 }] }] },
        { cpu: 0, level: 0, body: [{ op: 'raise', body: [{ op: 'write', x: 0, y: 0 }] }] },
      ],
    },
  ],
  [
    'a handler that is open where a race with what it interrupted is reversed, and ends before that',
    {
      cpus: 2,
      words: 2,
      frames: [
        { cpu: 0, level: 0, body: [{ op: 'cas', x: 1, y: 0 }] },
        { cpu: 1, level: 0, body: [{ op: 'cas', x: 1, y: 0 }] },
        {
          cpu: 1,
          level: 2,
          body: [
            { op: 'irqsOff' },
            { op: 'write', x: 0, y: 1 },
            { op: 'irqsOn' },
            { op: 'irqsOff' },
            { op: 'read', x: 1, y: 1 },
            { op: 'irqsOn' },
          ],
        },
      ],
      memory: 'tso',
    },
  ],
  [
    'a handler that waits for good once it has raised a self-IPI',
    {
      cpus: 1,
      words: 1,
      frames: [
        {
          cpu: 0,
          level: 0,
          body: [
            { op: 'read', x: 0, y: 0 },
            { op: 'unlock', x: 0 },
            { op: 'read', x: 0, y: 0 },
          ],
        },
        {
          cpu: 0,
          level: 1,
          body: [
            { op: 'raise', body: [] },
            { op: 'await', x: 0 },
          ],
        },
      ],
    },
  ],
]

test.each(TRAPS)('the search reaches all classes of %s, at their least cost', (_name, sketch) => {
  const prog = programOf(sketch)
  expect(lostClasses(prog, preemptionBounded(5), fewestPreemptions(prog, 5000)!, 5)).toEqual([])
})
