/**
 * "Can this ever happen?": labels that some schedule has to reach. As the `sometimes` assertions of Antithesis and the
 * reachability claims of model checkers: what no schedule of an exhausted exploration reaches, never happens.
 */
import { Attached } from './attached.ts'
import { LabBug } from './finding.ts'
import type { Memory } from './memory.ts'
import { machine } from './running.ts'

/** By label: was it reached in this schedule? What was reached has no influence on what follows: no part of the state. */
const labels = new Attached<Memory, Map<string, boolean>>(() => null)

/** At boot: some schedule must reach `label`. */
export function declareSometimes(m: Memory, label: string): void {
  const all = labels.get(m)
  if (all === undefined) labels.set(m, new Map([[label, false]]))
  else if (!all.has(label)) all.set(label, false)
}

/** On a path, in a step, or in a check at rest: this schedule reached `label`. No step. LabBug if it was not declared. */
export function reached(label: string): void {
  const all = labels.get(machine())
  if (all?.has(label) !== true) throw new LabBug(`reached(${label}) without declareSometimes()`)
  all.set(label, true)
}

/** The labels that were declared, each with: was it reached in this schedule so far? */
export function sometimesOf(m: Memory): ReadonlyMap<string, boolean> {
  return labels.get(m) ?? NONE
}

const NONE: ReadonlyMap<string, boolean> = new Map()
