/** A finding with all that shows it: from the exploration that met it, and again from its token. */
import { propertyOf } from '@bottom-half/deferred-work'
import {
  follow,
  type FoundFinding,
  minimise,
  misfitOf,
  type Program,
  RunFingerprint,
  sameFinding,
} from '@bottom-half/exploration'
import { type Finding, LabBug, type Machine } from '@bottom-half/kernel-model'
import type { FindingResult } from '@bottom-half/report'
import type { Cell } from './cells.ts'
import { type Evidence, tokenOf } from './finding_token.ts'
import { type Scenario, scenarioOf } from './scenario.ts'
import { stepsOf } from './steps.ts'
import { type Trace, traceOf } from './trace.ts'
import { chainOf } from './why.ts'

/** The most runs that the minimiser may take for one finding. */
const MINIMISER_RUNS = 250

/** What an exploration knows of a finding and a replay does not. */
type Statistics = Pick<FindingResult, 'id' | 'schedules' | 'proven'>

/** Minimises what the exploration found. Throws LabBug if the schedule does not show it again. */
export function witnessOf(scenario: Scenario, cell: Cell, found: FoundFinding, id: string): FindingResult {
  const { program, memory } = scenario
  const minimised = minimise(program, found.moves, found.finding, MINIMISER_RUNS)
  const deviations = minimised?.deviations ?? []
  const trace = traceOf(program, deviations, (machine) => sameFinding(machine, found.finding))
  if (minimised === null || trace === null)
    throw new LabBug(
      `${program.name}: the schedule that showed "${found.finding.title}" does not show it again`,
    )
  const alike = trace.machine.findings.filter(({ kind }) => kind === trace.finding.kind)
  const nth = alike.indexOf(trace.finding) + 1
  const { choices, run } = trace
  const evidence = { cell, kind: trace.finding.kind, nth, choices, memory, run }
  return resultOf(evidence, trace, { id, schedules: found.schedules, proven: minimised.proven })
}

/**
 * The finding that a token stands for; if its schedule no longer does what it did, in one sentence what changed. Throws LabBug if
 * it does, and shows no such finding.
 */
export function replayed(evidence: Evidence): FindingResult | string {
  const { cell, kind, nth, choices, memory, run } = evidence
  const { program } = scenarioOf(cell, memory)
  const misfit = misfitOf(program, choices)
  if (misfit !== null) return misfit
  const wanted = (machine: Machine): Finding | undefined =>
    machine.findings.filter((f) => f.kind === kind)[nth - 1]
  const trace = traceOf(program, choices, wanted)
  if (trace?.run === run) return resultOf(evidence, trace, { id: 'replay', schedules: 1 })
  if (trace === null && doesAsBefore(program, evidence))
    throw new LabBug(`the schedule of the token does what it did, and shows no finding of kind ${kind}`)
  const now = trace === null ? `, and shows no finding of kind ${kind} now` : ''
  return `the moves of the token are possible, but do something else: the program changed since it was made${now}`
}

/** Does a beginning of the schedule, with all its choices, have the fingerprint of the token? */
function doesAsBefore(program: Program, { choices, run }: Evidence): boolean {
  const fingerprint = new RunFingerprint()
  const last = choices.at(-1)?.step ?? -1
  let same = false
  const onStep = (machine: Machine): void => {
    fingerprint.add(machine)
    if (machine.steps > last && fingerprint.word() === run) same = true
  }
  follow(program, choices, { onStep })
  return same
}

function resultOf(evidence: Evidence, trace: Trace, { id, ...statistics }: Statistics): FindingResult {
  const { design, revision, workload, map, target } = evidence.cell
  const { kind, title } = trace.finding
  const steps = stepsOf(trace)
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
    memory: evidence.memory,
    preemptions: trace.preemptions.length,
    ...statistics,
    chain: chainOf(trace, steps),
    steps,
  }
}
