import { expect, test } from 'vitest'
import { runTiny } from './soundness/run_family.ts'

// The figures of docs/exploration.md. Programs and classes are counted by brute force.
test.each([
  [2, { programs: 703, classes: 1397, blocked: 0, redundant: 0 }],
  [3, { programs: 11_196, classes: 59_415, blocked: 0, redundant: 0 }],
])(
  'on all programs of %i frames with one operation each brute force, the reduction and the explorer of states agree; counts: %j',
  (frames, counts) => {
    const totals = runTiny({ family: 'tiny', frames, first: 0, step: 1 })
    const { failures, executions, redundant, classes } = totals
    const shown = failures.slice(0, 5).map(({ sketch, comparison }) => ({ ...comparison, sketch }))
    expect({ failures: failures.length, shown }).toEqual({ failures: 0, shown: [] })
    expect(executions - redundant).toBe(classes)
    expect(totals).toMatchObject(counts)
  },
  600_000,
)
