/** What the exploration of one cell shows. */
import { boot, type Design, type Parameters, propertyOf, type Workload } from '@bottom-half/deferred-work'
import { type Exploration, explore } from '@bottom-half/exploration'
import { WORKLOADS } from '@bottom-half/workloads'

/** Schedules that one cell may take; the tests expect far fewer. */
const BUDGET = 20_000

export function exploreCell(design: Design, under: Workload, parameters: Parameters): Exploration {
  const name = `${design.id} ${under.id} ${parameters.map} ${parameters.target}`
  const program = {
    name,
    boot: (options: { tracing: boolean }) => boot(design, 'as-posted', under, parameters, options).machine,
  }
  return explore(program, { maxExecutions: BUDGET })
}

export function workload(id: string): Workload {
  const found = WORKLOADS.find((w) => w.id === id)
  if (found === undefined) throw new Error(`no workload ${id}`)
  return found
}

/** `property: kind: title`, sorted. */
export function shown(exploration: Exploration): string[] {
  return exploration.findings
    .map(({ finding: { kind, title } }) => `${propertyOf(kind)}: ${kind}: ${title}`)
    .sort()
}
