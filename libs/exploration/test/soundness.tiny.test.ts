import { expect, test } from 'vitest'
import { MOST_WASTE, runTiny } from './soundness/run_family.ts'

test.each([2, 3])(
  'on all programs of %i frames with one operation each brute force, the reduction and the explorer of states agree, and next to no class is run twice',
  (frames) => {
    const totals = runTiny({ family: 'tiny', frames, first: 0, step: 1 })
    const { failures, executions, redundant, classes, programs } = totals
    const shown = failures.slice(0, 5).map(({ sketch, comparison }) => ({ ...comparison, sketch }))
    expect({ failures: failures.length, shown }).toEqual({ failures: 0, shown: [] })
    expect(executions - redundant).toBe(classes)
    expect(totals.waste).toBeLessThanOrEqual(MOST_WASTE)
    expect(classes).toBeGreaterThan(programs)
  },
  600_000,
)
