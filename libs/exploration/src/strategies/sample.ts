/** Runs schedules as a strategy decides them, and keeps what they showed. */
import type { Machine } from '@bottom-half/kernel-model'
import { MOST_STEPS } from '../bounds.ts'
import { hashName } from '../fingerprint.ts'
import { FindingCount, type FoundFinding } from '../found.ts'
import { LogFollower } from '../log_follower.ts'
import type { Program } from '../program.ts'
import { Chance } from './chance.ts'
import { ClassCounts, type Coverage } from './coverage.ts'
import type { Strategy } from './strategy.ts'

export interface SampleOptions {
  /** With the program's name and the strategy it determines all schedules. */
  readonly seed: number
  /** How many to run at most. */
  readonly schedules: number
  /** A schedule is cut after so many steps. */
  readonly maxSteps?: number
  /** Are equivalence classes told apart? It costs several times what a bare run costs. */
  readonly classes?: boolean
  /** Called with each schedule; the machine is at its end. The fingerprint is null unless classes are told apart. */
  readonly onSchedule?: (machine: Machine, fingerprint: number | null) => void
  /** Asked after each schedule: true ends the sample. */
  readonly stop?: () => boolean
}

/** What the schedules came to. */
export interface Sample {
  readonly strategy: string
  readonly executions: number
  /** Steps performed. */
  readonly steps: number
  /** The most steps of one schedule. */
  readonly longest: number
  /** Schedules that a fatal finding ended. */
  readonly stopped: number
  /** Schedules that were cut since they had too many steps. */
  readonly cut: number
  /** True if the strategy had nothing left to run. */
  readonly exhausted: boolean
  readonly findings: readonly FoundFinding[]
  /** What the sample tells about the classes that it did not meet; null unless they are told apart. */
  readonly coverage: Coverage | null
}

/** Runs schedules of the program: the same ones for the same seed. */
export function sample(program: Program, strategy: Strategy, options: SampleOptions): Sample {
  return new Sampler(program, strategy, options).run()
}

class Sampler {
  private readonly program: Program
  private readonly strategy: Strategy
  private readonly options: SampleOptions
  private readonly seed: number
  private readonly maxSteps: number
  private readonly found: FindingCount
  private readonly counts: ClassCounts | null
  /** The moves of the present schedule; longer than it is. */
  private readonly taken: number[] = []
  private executions = 0
  private steps = 0
  private longest = 0
  private stopped = 0
  private cut = 0

  constructor(program: Program, strategy: Strategy, options: SampleOptions) {
    this.program = program
    this.found = new FindingCount(program)
    this.strategy = strategy
    this.options = options
    this.seed = (options.seed ^ hashName(program.name)) | 0
    this.maxSteps = options.maxSteps ?? MOST_STEPS
    this.counts = options.classes === true ? new ClassCounts() : null
  }

  run(): Sample {
    const chance = new Chance(this.seed)
    let exhausted = false
    while (this.executions < this.options.schedules) {
      chance.reset(this.seed, this.executions)
      if (!this.strategy.begin(this.executions, chance)) {
        exhausted = true
        break
      }
      this.runOnce()
      if (this.options.stop?.() === true) break
    }
    return {
      strategy: this.strategy.name,
      executions: this.executions,
      steps: this.steps,
      longest: this.longest,
      stopped: this.stopped,
      cut: this.cut,
      exhausted,
      findings: this.found.list(),
      coverage: this.counts?.coverage() ?? null,
    }
  }

  private runOnce(): void {
    const { strategy, taken } = this
    const machine = this.program.boot({ tracing: false })
    const log = this.counts === null || strategy.fingerprint !== undefined ? null : new LogFollower()
    machine.footprint.recording = strategy.footprints || log !== null
    const observed = strategy.performed !== undefined
    let step = 0
    let moves = machine.moves()
    while (moves.length > 0 && step < this.maxSteps) {
      const move = strategy.choose(machine, moves, step)
      // What follows quiescence belongs to no class.
      const logged = log !== null && !machine.teardown
      if (logged) log.before(machine, move)
      taken[step++] = move
      machine.perform(move)
      if (logged) log.after(machine, move)
      if (observed) strategy.performed!(machine)
      moves = machine.moves()
    }
    const complete = moves.length === 0
    strategy.end?.(machine, complete)
    this.finish(machine, step, complete, log)
  }

  private finish(machine: Machine, step: number, complete: boolean, log: LogFollower | null): void {
    this.executions++
    this.steps += step
    if (step > this.longest) this.longest = step
    if (machine.halted) this.stopped++
    if (!complete) this.cut++
    const fingerprint = this.counts === null ? null : (this.strategy.fingerprint?.() ?? log!.log.classHash())
    // A schedule that was cut is of no class: it might have gone on to several.
    if (fingerprint !== null && complete) this.counts!.add(fingerprint)
    this.options.onSchedule?.(machine, fingerprint)
    // Last: to count deviations is to boot.
    this.found.note(machine.findings, () => this.taken.slice(0, step))
  }
}
