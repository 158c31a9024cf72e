import type { Machine } from '@bottom-half/kernel-model'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { enumerateSchedules, explore } from '../src/index.ts'
import { endStates, programOf, randomSketch } from './random_program.ts'

const SEED = 20261128
const PROGRAMS = 80
/** Programs with more schedules than this are passed over: brute force has to stay possible. */
const MOST_SCHEDULES = 150

interface Seen {
  /** End state by equivalence class. */
  readonly classes: Map<number, string>
  readonly findings: Set<string>
}

function nothing(): Seen {
  return { classes: new Map(), findings: new Set() }
}

function note({ classes, findings }: Seen, machine: Machine, fingerprint: number): void {
  const state = endStates.get(machine)!()
  expect(classes.get(fingerprint) ?? state).toBe(state)
  classes.set(fingerprint, state)
  for (const { kind, title } of machine.findings) findings.add(`${kind}: ${title}`)
}

test(`under TSO, on ${PROGRAMS} random programs (seed ${SEED}) the reduced exploration reaches each class, end state and finding of brute force`, () => {
  const rng = xoroshiro128plus(SEED)
  const pick = (n: number): number => uniformInt(rng, 0, n - 1)
  for (let compared = 0; compared < PROGRAMS;) {
    const sketch = randomSketch(pick)
    const program = programOf(sketch, 'tso')
    if (enumerateSchedules(program, MOST_SCHEDULES, () => undefined) < 0) continue
    compared++
    let reduced = nothing()
    const { orderedCounts } = explore(program, {
      onSchedule: (m, _, fp) => note(reduced, m, fp),
      onRestart: () => (reduced = nothing()),
    })
    const all = nothing()
    enumerateSchedules(program, MOST_SCHEDULES, (m, _, fp) => note(all, m, fp), orderedCounts)
    // The sketch is there to be printed.
    expect({ ...reduced, sketch }).toEqual({ ...all, sketch })
  }
}, 120_000)
