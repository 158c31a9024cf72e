/** Which steps a preemption brought into their order: the race of a finding that shows only later. */
import type { TraceStep } from '@bottom-half/kernel-model'

function conflict(a: TraceStep, b: TraceStep): boolean {
  return a.word >= 0 && a.word === b.word && (a.writes || b.writes)
}

/**
 * For each preemption: the steps of the preempted frame and of what ran instead that touch one word, one of them writing it;
 * of each word those next to the preemption, before it and after the frame went on.
 */
export function switchRaces(log: readonly TraceStep[], preemptions: readonly number[]): Set<number> {
  const race = new Set<number>()
  for (const at of preemptions) {
    const { frame } = log[at - 1]!
    const resumed = log.findIndex((step, n) => n > at && step.frame === frame)
    const end = resumed < 0 ? log.length : resumed
    for (let n = at; n < end; n++) {
      markNearest(log, n, { frame, from: at - 1, to: -1 }, race)
      markNearest(log, n, { frame, from: end, to: log.length }, race)
    }
  }
  return race
}

/** Marks the step and the nearest one of the frame that conflicts with it, in the direction of the range. */
function markNearest(
  log: readonly TraceStep[],
  n: number,
  range: { frame: number; from: number; to: number },
  race: Set<number>,
): void {
  const step = log[n]!
  const by = range.from < range.to ? 1 : -1
  for (let i = range.from; i !== range.to; i += by) {
    const other = log[i]!
    if (other.frame !== range.frame || !conflict(step, other)) continue
    race.add(n)
    race.add(i)
    return
  }
}
