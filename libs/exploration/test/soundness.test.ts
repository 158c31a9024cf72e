import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { expect, test } from 'vitest'
import { enumerateSchedules, explore } from '../src/index.ts'
import { endStates, programOf, randomSketch, type Sketch } from './random_program.ts'

const SEED = 20261120
const PROGRAMS = Number(process.env['SOUNDNESS_PROGRAMS'] ?? 4000)
const MOST_SCHEDULES = 600

interface Summary {
  classes: Map<string, string>
  findings: Set<string>
}

function note(
  summary: Summary,
  state: string,
  fingerprint: string,
  findings: readonly { kind: string; title: string }[],
): void {
  const before = summary.classes.get(fingerprint)
  if (before !== undefined && before !== state)
    throw new Error(`one class, two end states: ${before} and ${state}`)
  summary.classes.set(fingerprint, state)
  for (const f of findings) summary.findings.add(`${f.kind}: ${f.title}`)
}

function compare(sketch: Sketch): { classes: number; runs: number; blocked: number } | null {
  const program = programOf(sketch)
  const all: Summary = { classes: new Map(), findings: new Set() }
  const count = enumerateSchedules(program, MOST_SCHEDULES, (m, _moves, fp) =>
    note(all, endStates.get(m)!(), fp, m.findings),
  )
  if (count < 0) return null
  const reduced: Summary = { classes: new Map(), findings: new Set() }
  const result = explore(program, {
    onSchedule: (m, _moves, fp) => note(reduced, endStates.get(m)!(), fp, m.findings),
  })
  expect([...reduced.classes.keys()].sort(), JSON.stringify(sketch)).toEqual([...all.classes.keys()].sort())
  expect([...reduced.findings].sort(), JSON.stringify(sketch)).toEqual([...all.findings].sort())
  expect(result.classes).toBe(all.classes.size)
  return { classes: result.classes, runs: result.executions, blocked: result.blocked }
}

test(`${PROGRAMS} random programs (seed ${SEED}): the reduced exploration reaches every class, end state and finding of brute force`, () => {
  const rng = xoroshiro128plus(SEED)
  const pick = (n: number): number => uniformInt(rng, 0, n - 1)
  let compared = 0
  const sum = { classes: 0, runs: 0, blocked: 0 }
  for (let i = 0; i < PROGRAMS; i++) {
    const result = compare(randomSketch(pick))
    if (result === null) continue
    compared++
    sum.classes += result.classes
    sum.runs += result.runs
    sum.blocked += result.blocked
  }
  console.log(compared, sum)
  expect(compared).toBeGreaterThan(PROGRAMS / 2)
}, 600_000)
