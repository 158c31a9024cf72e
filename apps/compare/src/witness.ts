/** A finding with all that shows it: from the exploration that met it, and again from its token. */
import { propertyOf } from '@bottom-half/deferred-work'
import { type FoundFinding, minimise, sameFinding } from '@bottom-half/exploration'
import { type Finding, LabBug, type Machine } from '@bottom-half/kernel-model'
import type { FindingResult } from '@bottom-half/report'
import type { Cell } from './cells.ts'
import { type Evidence, tokenOf } from './finding_token.ts'
import { type Scenario, scenarioOf } from './scenario.ts'
import { stepsOf } from './steps.ts'
import { type Trace, traceOf } from './trace.ts'

/** The most runs that the minimiser may take for one finding. */
const MINIMISER_RUNS = 250

/** What an exploration knows of a finding and a replay does not. */
type Statistics = Pick<FindingResult, 'id' | 'schedules'>

/** Minimises what the exploration found. Throws LabBug if the schedule does not show it again. */
export function witnessOf(scenario: Scenario, cell: Cell, found: FoundFinding, id: string): FindingResult {
  const { program } = scenario
  const minimised = minimise(program, found.moves, found.finding, MINIMISER_RUNS)
  const deviations = minimised?.deviations ?? []
  const trace = traceOf(program, deviations, (machine) => sameFinding(machine, found.finding))
  if (minimised === null || trace === null)
    throw new LabBug(
      `${program.name}: the schedule that showed "${found.finding.title}" does not show it again`,
    )
  const alike = trace.machine.findings.filter(({ kind }) => kind === trace.finding.kind)
  const nth = alike.indexOf(trace.finding) + 1
  return resultOf({ cell, kind: trace.finding.kind, nth, deviations }, trace, {
    id,
    schedules: found.schedules,
  })
}

/** The finding that a token stands for; null if its schedule no longer shows it. */
export function replayed(evidence: Evidence): FindingResult | null {
  const { cell, kind, nth, deviations } = evidence
  const wanted = (machine: Machine): Finding | undefined =>
    machine.findings.filter((f) => f.kind === kind)[nth - 1]
  const trace = traceOf(scenarioOf(cell).program, deviations, wanted)
  return trace === null ? null : resultOf(evidence, trace, { id: 'replay', schedules: 1 })
}

function resultOf(evidence: Evidence, trace: Trace, { id, schedules }: Statistics): FindingResult {
  const { design, revision, workload, map, target } = evidence.cell
  const { kind, title } = trace.finding
  return {
    id,
    design,
    revision,
    workload,
    map,
    target,
    property: propertyOf(kind),
    kind,
    title,
    token: tokenOf(evidence),
    preemptions: trace.preemptions.length,
    schedules,
    steps: stepsOf(trace),
  }
}
