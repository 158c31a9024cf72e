/** Explores one litmus program, and says what came of it. */
import { decide, type DecidedFinding, type DecideOptions, type Decision } from '../decide.ts'
import { hashName } from '../fingerprint.ts'
import { fingerprintedFinding } from '../fingerprinted.ts'
import type { StateExploration } from '../states/explore_states.ts'
import { encodeToken } from '../token.ts'
import { EXISTS } from './compile_frame.ts'
import type { LitmusProgram } from './compile.ts'
import type { Litmus, MemoryModel } from './schema.ts'

/** `holds`: all schedules were covered, and none shows anything wrong. */
export type LitmusVerdict = 'holds' | 'violated' | 'inconclusive'

export interface LitmusFinding {
  readonly kind: string
  readonly title: string
  /** The weakest memory model that shows it; null: sequential consistency was not explored to its end. */
  readonly needs: MemoryModel | null
  /** The schedule that shows it; null for what no schedule shows. */
  readonly token: string | null
}

/** One line of output. */
export interface LitmusResult {
  readonly name: string
  readonly memory: MemoryModel
  readonly verdict: LitmusVerdict
  /** Which explorer covered all, and so decides; null: none. */
  readonly by: 'reduction' | 'states' | null
  /** Why not all schedules were covered; null if they were. */
  readonly reason: string | null
  /** Did `exists` hold at the end of a schedule? null: not asked for, or not known. */
  readonly observed: boolean | null
  /** Schedules that were run to their end. */
  readonly executions: number
  /** Schedules that were cut short. */
  readonly blocked: number
  /** Executions of a class that was there before. */
  readonly redundant: number
  /** Classes of schedules that were run: all of them, if the reduction decides. */
  readonly classes: number
  /** Distinct states; null: not all were reached, or they were not needed. */
  readonly states: number | null
  /** How likely it is that two of them had one fingerprint; null: as for `states`. */
  readonly collision: StateExploration['collision'] | null
  readonly findings: readonly LitmusFinding[]
  readonly seconds: number
}

/** Some seconds: all classes of a program of moderate size are to be counted, even if its states are fewer. */
const PATIENCE = 20_000_000

export interface ExploreLitmusOptions extends Pick<
  DecideOptions,
  'stop' | 'onProgress' | 'maxExecutions' | 'use'
> {
  /** Milliseconds that go on: for the field `seconds`. */
  readonly clock: () => number
}

/** What a schedule depends on beside the memory model, as a number: the program without its text for people. */
export function litmusVersion(litmus: Litmus): string {
  return String(hashName(JSON.stringify({ ...litmus, about: undefined, memory: undefined })) >>> 0)
}

/**
 * Explores a compiled program until it is decided, under its memory model only: what a finding needs is not known under a weak one.
 * The most executions are the most states, too.
 */
export function exploreLitmus(
  litmus: Litmus,
  program: LitmusProgram,
  { clock, ...options }: ExploreLitmusOptions,
): LitmusResult {
  const start = clock()
  const { maxExecutions } = options
  const bounds = {
    patience: PATIENCE,
    ...options,
    ...(maxExecutions === undefined ? {} : { maxStates: maxExecutions }),
  }
  const decision = decide(program, bounds)
  const { by, reason, reduction, states } = decision
  const { executions, blocked, redundant, classes } = reduction
  const findings = findingsOf(litmus, program, decision)
  return {
    name: program.name,
    memory: program.memory,
    verdict: findings.length > 0 ? 'violated' : by === null ? 'inconclusive' : 'holds',
    by,
    reason,
    observed: observedOf(litmus, decision),
    executions,
    blocked,
    redundant,
    classes,
    states: states?.exhausted === true ? states.states : null,
    collision: states?.exhausted === true ? states.collision : null,
    findings,
    seconds: Math.round(clock() - start) / 1000,
  }
}

function findingsOf(litmus: Litmus, program: LitmusProgram, decision: Decision): LitmusFinding[] {
  const version = litmusVersion(litmus)
  const shown = decision.findings.map((found) => shownOf(program, found, version))
  if (decision.by !== null)
    for (const label of decision.neverReached)
      if (label !== EXISTS)
        shown.push({
          kind: 'never-reached',
          title: `no schedule reaches "${label}"`,
          needs: 'sc',
          token: null,
        })
  return shown
}

function observedOf({ final }: Litmus, { by, neverReached, reduction, states }: Decision): boolean | null {
  if (final?.exists === undefined) return null
  const begun = reduction.executions > 0 || (states !== null && states.transitions > 0)
  if (begun && !neverReached.includes(EXISTS)) return true
  return by === null ? null : false
}

function shownOf(program: LitmusProgram, found: DecidedFinding, version: string): LitmusFinding {
  const { deviations: choices, run } = fingerprintedFinding(program, found)
  const { kind, title } = found.finding
  const { name, memory } = program
  const token = encodeToken({ program: name, choices, options: memory, version, run })
  const needs = memory === 'sc' ? memory : null
  return { kind, title, needs, token }
}
