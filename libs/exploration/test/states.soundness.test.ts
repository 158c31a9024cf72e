import type { Machine, MemoryModel } from '@bottom-half/kernel-model'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { checkDeclarations, enumerateSchedules, exploreStates } from '../src/index.ts'
import { endStates, programOf, randomSketch, type Sketch } from './random_program.ts'

const SEED = 20261128
const PROGRAMS = 400
/** Under TSO. */
const TSO_PROGRAMS = 200
/** Programs with more schedules than this are passed over: brute force has to stay possible. */
const MOST_SCHEDULES = 500
/** Most of those have more states than this. */
const MOST_STATES = 150

/** What a way of exploring saw. */
class Seen {
  readonly ends = new Set<string>()
  readonly findings = new Set<string>()

  note(machine: Machine): void {
    this.ends.add(endStates.get(machine)!())
    for (const { kind, title } of machine.findings)
      if (kind !== 'data-race') this.findings.add(`${kind}: ${title}`)
  }
}

const sorted = (set: ReadonlySet<string>): string[] => [...set].sort()

/** Null if the program is too large for brute force. */
function compare(sketch: Sketch, memory: MemoryModel): { states: number; moves: number } | null {
  const program = programOf(sketch, memory)
  const merged = new Seen()
  const onEnd = (machine: Machine): void => merged.note(machine)
  const { findings, states, exhausted } = exploreStates(program, { onEnd, maxStates: MOST_STATES })
  if (!exhausted) return null
  const all = new Seen()
  let moves = 0
  const schedules = enumerateSchedules(program, MOST_SCHEDULES, (machine) => {
    all.note(machine)
    moves += machine.steps
  })
  if (schedules < 0) return null
  for (const { finding } of findings) merged.findings.add(`${finding.kind}: ${finding.title}`)
  const seen = { sketch, ends: sorted(merged.ends), findings: sorted(merged.findings) }
  expect(seen).toEqual({ sketch, ends: sorted(all.ends), findings: sorted(all.findings) })
  return { states, moves }
}

const BISIMILAR = 15

test.each([
  [BISIMILAR, 'sc'],
  [BISIMILAR, 'tso'],
] as const)(
  `on %i random programs under %s (seed ${SEED}) states with equal fingerprints have equal futures`,
  (programs, memory) => {
    const rng = xoroshiro128plus(SEED)
    const pick = (n: number): number => uniformInt(rng, 0, n - 1)
    let [checked, merged] = [0, 0]
    while (checked < programs) {
      const sketch = randomSketch(pick)
      const endState = (machine: Machine): string => endStates.get(machine)!()
      const result = checkDeclarations(programOf(sketch, memory), { most: 300, endState })
      expect({ sketch, difference: result.difference }).toEqual({ sketch, difference: null })
      if (!result.complete) continue
      checked++
      merged += result.prefixes - result.states
    }
    expect(merged).toBeGreaterThan(200)
  },
  120_000,
)

test.each([
  [PROGRAMS, 'sc'],
  [TSO_PROGRAMS, 'tso'],
] as const)(
  `on %i random programs under %s (seed ${SEED}) the exploration of states gives the end states and findings of brute force, data races apart`,
  (programs, memory) => {
    const rng = xoroshiro128plus(SEED)
    const pick = (n: number): number => uniformInt(rng, 0, n - 1)
    let [compared, states, moves] = [0, 0, 0]
    while (compared < programs) {
      const result = compare(randomSketch(pick), memory)
      if (result === null) continue
      compared++
      states += result.states
      moves += result.moves
    }
    expect(states).toBeLessThan(moves / 2)
  },
  300_000,
)
