/** Random cells of the comparison, and random schedules, for fast-check. */
import type { Design, Parameters, Workload } from '@bottom-half/deferred-work'
import * as fc from 'fast-check'

/** A design's revision under a workload with its parameters. */
export interface AnyCell {
  readonly revision: string
  readonly workload: Workload
  readonly parameters: Parameters
}

/** Cells that apply to the design. */
export function anyCell(design: Design, workloads: readonly Workload[]): fc.Arbitrary<AnyCell> {
  const applicable = workloads.filter((w) => (w.needs?.(design.capabilities) ?? null) === null)
  return fc
    .record({ revision: fc.constantFrom(...design.revisions), workload: fc.constantFrom(...applicable) })
    .chain(({ revision, workload }) =>
      fc
        .record({ map: fc.constantFrom(...workload.maps), target: fc.constantFrom(...workload.targets) })
        .map((parameters) => ({ revision: revision.id, workload, parameters })),
    )
}

/**
 * A schedule: how it chooses among n moves. It tends to stay with the first (the same frame goes on) and
 * changes now and then, so that long runs and rare entries both occur. Each call gives the same sequence from
 * the start.
 */
export const anySchedule: fc.Arbitrary<() => (count: number) => number> = fc
  .record({ seed: fc.nat(), stickiness: fc.integer({ min: 0, max: 20 }) })
  .map(({ seed, stickiness }) => () => {
    let state = (seed ^ 0x9e3779b9) >>> 0
    return (count) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      const high = state >>> 8
      return high % (stickiness + 1) === 0 ? (high >>> 5) % count : 0
    }
  })
