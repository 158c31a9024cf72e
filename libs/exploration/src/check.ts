/**
 * The front door: explores any set of kernel paths on any number of CPUs, with interrupts or without, and says all that came of it.
 * See the README for examples, which the tests run.
 */
import {
  addState,
  type Cpu,
  declareSometimes,
  type KernelPath,
  Level,
  Machine,
  type MemoryModel,
} from '@bottom-half/kernel-model'
import { decide, type DecideOptions, type DecidedFinding, type Decision } from './decide.ts'
import { fingerprinted, fingerprintedFinding } from './fingerprinted.ts'
import { misfitOf } from './misfit.ts'
import { type ModelFinding, modelsUpTo, MODELS, programUnder, weakestNeeds } from './models.ts'
import type { Program } from './program.ts'
import type { StateExploration } from './states/explore_states.ts'
import { decodeToken, encodeToken } from './token.ts'

/** An interrupt that may arrive once, at any time at which the masks let it in. */
export interface Interrupt {
  readonly level: Exclude<Level, typeof Level.Task>
  readonly path: () => KernelPath
}

/** What runs on one CPU. Tasks that share a CPU may preempt each other. */
export interface CpuSetup {
  readonly tasks?: readonly (() => KernelPath)[]
  readonly interrupts?: readonly Interrupt[]
}

/** One boot of the program: its paths close over words of their own. */
export interface Setup {
  readonly cpus: readonly CpuSetup[]
  /** Labels that some schedule has to reach by `reached(label)`. */
  readonly sometimes?: readonly string[]
  /** Looks at the end of each schedule; reports by `machine.report(kind, title)`. */
  readonly atRest?: () => void
  /** What `atRest` looks at and no word holds, such as results of paths. */
  readonly results?: () => unknown
}

export interface CheckOptions extends DecideOptions {
  /** One word of letters, digits, and `:`, `-`, `_`, `+`, `(`, `)`, `,`: the tokens begin with it. */
  readonly name: string
  /** Makes the words, and the paths over them; called at each boot, and each time it has to make the same. */
  readonly boot: (machine: Machine) => Setup
  /** The weakest memory model to explore under; sequential consistency, unless said. Those that allow less are explored too. */
  readonly memory?: MemoryModel
}

export interface CheckFinding {
  readonly kind: string
  readonly title: string
  /** The weakest memory model that shows it; null: a stronger one was not explored to its end. */
  readonly needs: MemoryModel | null
  /** Replays it: `replayCheck(options, token)`; a livelock up to the cycle, and then past it. */
  readonly token: string
  /** The moves of the machine; of a livelock, up to the cycle. */
  readonly schedule: readonly number[]
}

/** What the check came to; counts and verdict are those under `memory`. */
export interface CheckResult {
  readonly name: string
  readonly memory: MemoryModel
  readonly verdict: Decision['verdict']
  readonly by: Decision['by']
  readonly reason: string | null
  readonly executions: number
  readonly blocked: number
  readonly redundant: number
  /** Distinct states; null: not all were reached, or they were not needed. */
  readonly states: number | null
  /** How likely it is that two of them had one fingerprint; null: as for `states`. */
  readonly collision: StateExploration['collision'] | null
  readonly dataRaces: Decision['dataRaces']
  readonly endless: Decision['endless']
  /** Of all memory models that were explored. */
  readonly findings: readonly CheckFinding[]
  /** Labels that no schedule reached. */
  readonly neverReached: readonly string[]
}

/** Of the format of tokens of checks. What a program does is in the token's fingerprint of the run. */
const VERSION = '1'

/** The program of a check, for every other function of this package. */
export function programOf({ name, boot }: Pick<CheckOptions, 'name' | 'boot'>): Program {
  return {
    name,
    boot(options): Machine {
      const machine = new Machine(options)
      const { cpus, sometimes = [], atRest, results } = boot(machine)
      for (const label of sometimes) declareSometimes(machine, label)
      for (const setup of cpus) addFrames(machine, machine.addCpu(), setup)
      if (atRest !== undefined) machine.atRest(atRest)
      if (results !== undefined) addState(results)
      return machine
    },
  }
}

const LABELS = ['task', 'softirq', 'hardirq', 'nmi'] as const

function addFrames(machine: Machine, cpu: Cpu, { tasks = [], interrupts = [] }: CpuSetup): void {
  const add = (level: Level, path: () => KernelPath, nth: number): void => {
    const name = `cpu${cpu.id}.${LABELS[level]}${nth === 0 ? '' : nth}`
    machine.addFrame({ name, cpu, level, path, immediate: false })
  }
  for (const [nth, path] of tasks.entries()) add(Level.Task, path, nth)
  for (const [nth, { level, path }] of interrupts.entries()) add(level, path, nth)
}

/** Explores the program until it is decided, under `memory` and each model that allows less. */
export function check(options: CheckOptions): CheckResult {
  const program = programOf(options)
  const { memory = 'sc' } = options
  const explored = modelsUpTo(memory).map((model) => {
    const decision = decide(programUnder(program, model), options)
    return { memory: model, exhausted: decision.by !== null, findings: decision.findings, decision }
  })
  const findings = weakestNeeds(explored).map((found) => findingOf(program, found, options.maxSteps))
  const { decision } = explored.at(-1)!
  const { verdict, by, reason, dataRaces, endless, neverReached, reduction } = decision
  const { executions, blocked, redundant } = reduction
  return {
    name: program.name,
    memory,
    // A model that allows less may show what the search under this one did not come to.
    verdict: findings.length > 0 ? 'violated' : verdict,
    by,
    reason,
    executions,
    blocked,
    redundant,
    states: decision.states?.exhausted === true ? decision.states.states : null,
    collision: decision.states?.exhausted === true ? decision.states.collision : null,
    dataRaces,
    endless,
    findings,
    neverReached,
  }
}

function findingOf(
  program: Program,
  found: ModelFinding<DecidedFinding>,
  maxSteps: number | undefined,
): CheckFinding {
  const { finding, moves, memory, needs } = found
  const { deviations, run } = fingerprintedFinding(programUnder(program, memory), found, maxSteps)
  const { kind, title } = finding
  const token = encodeToken({
    program: program.name,
    choices: deviations,
    options: memory,
    version: VERSION,
    run,
  })
  return { kind, title, needs, token, schedule: moves }
}

/** Runs the schedule of a token again: the machine is at its end, with its findings. Gives in one sentence why it no longer fits. */
export function replayCheck(
  options: Pick<CheckOptions, 'name' | 'boot' | 'maxSteps'>,
  text: string,
): Machine | string {
  const token = decodeToken(text, { options: MODELS, version: VERSION })
  if (typeof token === 'string') return token
  if (token.program !== options.name) return `the token is of the program "${token.program}"`
  const program = programUnder(programOf(options), token.options as MemoryModel)
  const misfit = misfitOf(program, token.choices)
  if (misfit !== null) return misfit
  const { machine, run } = fingerprinted(program, token.choices, options.maxSteps)
  return run === token.run ? machine : 'the moves of the token are possible, but do something else now'
}
