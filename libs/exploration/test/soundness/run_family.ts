/** Compares many programs of one family. */
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { hashName } from '../../src/fingerprint.ts'
import { randomSketch } from '../random/families.ts'
import { type Family, PLANS } from '../random/plans.ts'
import { programOf } from '../random/program.ts'
import type { Sketch } from '../random/sketch.ts'
import { tinySketches } from '../random/tiny.ts'
import { enumerateSchedules } from '../../src/enumerate.ts'
import { enumerateClasses } from './enumerate_classes.ts'
import { compare, type Comparison } from './compare.ts'
import { estimateSchedules } from './estimate.ts'

const PROBES = 3

/** What is run of a family. */
export interface Batch {
  readonly family: Family
  readonly seed: number
  /** How many programs are compared. */
  readonly programs: number
}

/** What is run of the tiny programs: every `step`-th, from number `first` on. */
export interface TinyBatch {
  readonly family: 'tiny'
  readonly frames: number
  readonly first: number
  readonly step: number
}

export interface Failure {
  readonly sketch: Sketch
  readonly comparison: Comparison
}

/** What was compared, and what came of it. */
export class Totals {
  programs = 0
  /** Too large for brute force, or with one schedule only: these show nothing. */
  passedOver = 0
  schedules = 0
  classes = 0
  executions = 0
  redundant = 0
  blocked = 0
  states = 0
  readonly failures: Failure[] = []

  add(sketch: Sketch, comparison: Comparison | null): void {
    if (comparison === null || comparison.schedules === 1) {
      this.passedOver++
      return
    }
    this.programs++
    this.schedules += comparison.schedules
    this.classes += comparison.classes
    this.executions += comparison.executions
    this.redundant += comparison.redundant
    this.blocked += comparison.blocked
    this.states += comparison.states
    if (comparison.violations.length > 0) this.failures.push({ sketch, comparison })
  }
}

/** @param before is told each program before it is run */
export function runFamily(
  { family, seed, programs }: Batch,
  before: (sketch: Sketch) => void = () => undefined,
): Totals {
  // Families with one seed are to differ in more than what they draw from.
  const rng = xoroshiro128plus(seed ^ hashName(family))
  const pick = (n: number): number => uniformInt(rng, 0, n - 1)
  const totals = new Totals()
  const { most, byClasses = false } = PLANS[family]
  const enumerate = byClasses ? enumerateClasses : enumerateSchedules
  while (totals.programs < programs) {
    const sketch = randomSketch(pick, family)
    before(sketch)
    const program = programOf(sketch)
    const tooLarge = !byClasses && estimateSchedules(program, pick, PROBES) > 2 * most
    totals.add(sketch, tooLarge ? null : compare(program, most, undefined, enumerate))
  }
  return totals
}

/** Tiny programs with more schedules than this are passed over. */
const MOST_OF_TINY = 2000

/** @param before is told each program before it is run */
export function runTiny(
  { frames, first, step }: TinyBatch,
  before: (sketch: Sketch) => void = () => undefined,
): Totals {
  const totals = new Totals()
  let number = 0
  for (const sketch of tinySketches(frames)) {
    if (number++ % step !== first) continue
    before(sketch)
    totals.add(sketch, compare(programOf(sketch), MOST_OF_TINY))
  }
  return totals
}
