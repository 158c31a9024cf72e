/** One schedule, traced, up to the finding that is wanted. */
import {
  Causes,
  type Choice,
  type Deviation,
  follow,
  preempts,
  type Program,
  RunFingerprint,
} from '@bottom-half/exploration'
import type { Finding, Machine } from '@bottom-half/kernel-model'

/** What the schedule did until it showed the finding. */
export interface Trace {
  readonly machine: Machine
  readonly finding: Finding
  /** The steps at which another frame went on though the one before it could have. */
  readonly preemptions: readonly number[]
  readonly choices: readonly Choice[]
  /** Fingerprint of what the schedule did. */
  readonly run: string
  readonly causes: Causes
}

/** Enough for the deepest path of the kernel model, twice over: V8 prints two lines for each generator. */
const DEEPEST_STACK = 200

/**
 * Runs the schedule with stacks recorded.
 * @param wanted picks the finding, once the machine has it
 * @returns null if the schedule is impossible or does not show the finding
 */
export function traceOf(
  program: Program,
  deviations: readonly Deviation[],
  wanted: (machine: Machine) => Finding | undefined,
): Trace | null {
  const usual = Error.stackTraceLimit
  Error.stackTraceLimit = DEEPEST_STACK
  try {
    const options: number[][] = []
    const fingerprint = new RunFingerprint()
    const causes = new Causes()
    const stop = (machine: Machine): boolean => {
      options.push(machine.moves())
      return wanted(machine) !== undefined
    }
    const onMove = (machine: Machine, move: number): void => causes.before(machine, move)
    const onStep = (machine: Machine, move: number): void => {
      fingerprint.add(machine)
      causes.after(machine, move)
    }
    const run = follow(program, deviations, { tracing: true, strict: true, stop, onMove, onStep })
    const finding = run === null ? undefined : wanted(run.machine)
    if (run === null || finding === undefined) return null
    const { machine, deviations: choices } = run
    const preemptions = preemptionsOf(machine, finding, options)
    return { machine, finding, preemptions, choices, run: fingerprint.word(), causes }
  } finally {
    Error.stackTraceLimit = usual
  }
}

function preemptionsOf({ log }: Machine, finding: Finding, options: readonly number[][]): number[] {
  const out: number[] = []
  for (let n = 1; n <= finding.step && n < log.length; n++) {
    if (preempts(options[n]!, log[n - 1]!.frame, log[n]!.frame << 4)) out.push(n)
  }
  return out
}
