/** How long a cell is expected to take: has an influence on the order of the queue, never on a result. */
import type { Cell } from './cells.ts'

/** Seconds that the slowest design took, rounded, in a run of all. Workloads that are not here take next to nothing. */
const WEIGHTS: Readonly<Record<string, number>> = {
  'nmi-submit-during-submit': 6,
  'nmi-delete-under-pi-lock': 5,
  'two-submitters-one-value': 2,
  'submit-vs-delete': 1,
  'submit-vs-last-uref': 1,
}

/** The longer ones first: the last cell of a run should be a short one, so that no worker waits for another. */
export function byWeight(a: Cell, b: Cell): number {
  return weightOf(b) - weightOf(a)
}

/** With a target on another CPU there are more schedules. */
function weightOf({ workload, target }: Cell): number {
  return (WEIGHTS[workload] ?? 0) * (target === 'current' ? 1 : 2)
}
