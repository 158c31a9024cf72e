import type { Machine } from '@bottom-half/kernel-model'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { enumerateSchedules, explore } from '../src/index.ts'
import { endStates, programOf, randomSketch, type Sketch } from './random_program.ts'

const SEED = 20261120
const PROGRAMS = 2000
/** Programs with more schedules than this are passed over: brute force has to stay possible. */
const MOST_SCHEDULES = 200

/** What a way of exploring saw: for each equivalence class its end state, and all findings. */
class Seen {
  readonly classes = new Map<string, string>()
  readonly findings = new Set<string>()

  note(machine: Machine, fingerprint: string): void {
    const state = endStates.get(machine)!()
    const before = this.classes.get(fingerprint) ?? state
    if (before !== state) throw new Error(`one class, two end states: ${before} and ${state}`)
    this.classes.set(fingerprint, state)
    for (const { kind, title } of machine.findings) this.findings.add(`${kind}: ${title}`)
  }
}

interface Compared {
  readonly difference: string | null
  readonly classes: number
  readonly executions: number
}

/** Null if the program is too large for brute force. */
function compare(sketch: Sketch): Compared | null {
  const program = programOf(sketch)
  const all = new Seen()
  const count = enumerateSchedules(program, MOST_SCHEDULES, (machine, _moves, fp) => all.note(machine, fp))
  if (count < 0) return null
  const reduced = new Seen()
  const { classes, executions } = explore(program, {
    onSchedule: (machine, _moves, fp) => reduced.note(machine, fp),
  })
  const same =
    [...all.classes].every(([fp, state]) => reduced.classes.get(fp) === state) &&
    [...all.findings].every((finding) => reduced.findings.has(finding)) &&
    reduced.classes.size === all.classes.size &&
    classes === all.classes.size
  return { difference: same ? null : JSON.stringify(sketch), classes, executions }
}

test(`on ${PROGRAMS} random programs (seed ${SEED}) the reduced exploration reaches each class, end state and finding of brute force`, () => {
  const rng = xoroshiro128plus(SEED)
  const pick = (n: number): number => uniformInt(rng, 0, n - 1)
  let [compared, classes, executions] = [0, 0, 0]
  while (compared < PROGRAMS) {
    const result = compare(randomSketch(pick))
    if (result === null) continue
    compared++
    expect(result.difference).toBeNull()
    classes += result.classes
    executions += result.executions
  }
  // It is a reduction: on average not much more than one run of each class.
  expect(executions).toBeLessThan(classes * 1.5)
}, 300_000)
