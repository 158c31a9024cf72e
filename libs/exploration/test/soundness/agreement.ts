/** The claim that each family of random programs is tested for. */
import { expect, test } from 'vitest'
import { programOf } from '../random/program.ts'
import type { Family } from '../random/plans.ts'
import type { Sketch } from '../random/sketch.ts'
import { compare, type Violation } from './compare.ts'
import { runFamily } from './run_family.ts'
import { shrink } from './shrink.ts'

const SEED = 20261128
/** For a program that gets smaller, which may have more schedules. */
const MOST_SCHEDULES = 3000
/** Failures that are shrunk and shown. */
const MOST_SHOWN = 3
const TIMEOUT_MS = 600_000
/** More classes than this, on the average: programs in which next to nothing can come in another order show nothing. */
const LEAST_CLASSES = 3

function smallest(sketch: Sketch, wrong: Violation): Sketch {
  const fails = (candidate: Sketch): boolean =>
    compare(programOf(candidate), MOST_SCHEDULES)?.violations.includes(wrong) === true
  return fails(sketch) ? shrink(sketch, fails) : sketch
}

/** In what the reduction is not what it should be. */
interface Faults {
  /** Runs in vain. */
  readonly blocked?: number
  readonly redundant?: number
}

/** A test for so many programs of the family, which show so many faults (decision 10). */
export function testAgreement(
  family: Family,
  programs: number,
  { blocked = 0, redundant = 0 }: Faults = {},
): void {
  test(
    `${family}: on ${programs} random programs (seed ${SEED}) brute force, the reduction and the explorer of states agree on classes, end states and findings, and the reduction runs each class once, with ${redundant} redundant and ${blocked} blocked runs`,
    () => {
      const totals = runFamily({ family, seed: SEED, programs })
      const shown = totals.failures.slice(0, MOST_SHOWN).map(({ sketch, comparison }) => {
        const { violations, detail } = comparison
        return { violations, detail, sketch: JSON.stringify(smallest(sketch, violations[0]!)) }
      })
      expect({ failures: totals.failures.length, shown }).toEqual({ failures: 0, shown: [] })
      expect(totals.programs).toBe(programs)
      expect(totals.executions - totals.redundant).toBe(totals.classes)
      expect({ redundant: totals.redundant, blocked: totals.blocked }).toEqual({ redundant, blocked })
      expect(totals.classes).toBeGreaterThan(LEAST_CLASSES * programs)
    },
    TIMEOUT_MS,
  )
}
