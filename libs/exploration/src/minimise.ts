/**
 * Makes a counterexample short: fewest deviations from the plain schedule (each is a preemption, the entry of a handler, or
 * an outcome that is not the usual one), then fewest steps, then the earliest. The finding stays the same.
 *
 * First deviations are dropped one by one; then all schedules with fewer deviations than that are searched, fewest first,
 * as far as the budget goes.
 */
import type { Finding, Machine } from '@bottom-half/kernel-model'
import type { Program } from './program.ts'
import { type Deviation, deviationsOf, follow } from './schedule.ts'

export interface Minimised {
  readonly deviations: readonly Deviation[]
  readonly finding: Finding
  /** True if every schedule with fewer deviations was tried. */
  readonly proven: boolean
}

/** The wanted finding of a machine, if it has it. */
export function sameFinding(machine: Machine, wanted: Finding): Finding | undefined {
  return machine.findings.find((f) => f.kind === wanted.kind && f.title === wanted.title)
}

const MOST_STEPS = 5000

class Minimiser {
  best: Minimised | null = null
  private runs = 0
  private readonly program: Program
  private readonly wanted: Finding
  private readonly budget: number

  constructor(program: Program, wanted: Finding, budget: number) {
    this.program = program
    this.wanted = wanted
    this.budget = budget
  }

  spent(): boolean {
    return this.runs >= this.budget
  }

  /** Runs a schedule; keeps it if it shows the finding and is better than what is known. */
  try(deviations: readonly Deviation[], maxSteps = MOST_STEPS): { hit: boolean; width: readonly number[] } {
    this.runs++
    const stop = (m: Machine): boolean => sameFinding(m, this.wanted) !== undefined
    const run = follow(this.program, deviations, { stop, maxSteps })!
    const finding = sameFinding(run.machine, this.wanted)
    if (finding !== undefined) {
      const made = run.deviations.filter((d) => d.step <= finding.step)
      if (this.better(made, finding)) this.best = { deviations: made, finding, proven: false }
    }
    return { hit: finding !== undefined, width: run.width }
  }

  private better(deviations: readonly Deviation[], finding: Finding): boolean {
    if (this.best === null) return true
    const fewer = deviations.length - this.best.deviations.length
    return fewer < 0 || (fewer === 0 && finding.step < this.best.finding.step)
  }

  /** Leaves out one deviation after the other. */
  drop(): void {
    for (let again = true; again;) {
      again = false
      const { deviations } = this.best!
      for (const left of deviations) {
        const before = this.best
        this.try(deviations.filter((d) => d !== left))
        if (this.best !== before) {
          again = true
          break
        }
      }
    }
  }

  /** Tries all schedules that add exactly `more` deviations after the last of `prefix`. */
  search(prefix: readonly Deviation[], more: number, widths: readonly number[] | null): void {
    const width = widths ?? this.try(prefix).width
    const from = (prefix.at(-1)?.step ?? -1) + 1
    for (let step = from; step < width.length && !this.spent(); step++) {
      for (let index = 0; index < width[step]! && !this.spent(); index++) {
        const deviations = [...prefix, { step, index }]
        // With as many deviations as the best, only what shows the finding sooner is better.
        const { best } = this
        const sooner = best !== null && deviations.length >= best.deviations.length
        const run = this.try(deviations, sooner ? best.finding.step + 1 : MOST_STEPS)
        if (more > 1 && !run.hit) this.search(deviations, more - 1, run.width)
      }
    }
  }
}

/** @param budget the most runs; @returns null if the schedule does not show the finding (a lab bug) */
export function minimise(
  program: Program,
  schedule: readonly number[],
  wanted: Finding,
  budget: number,
): Minimised | null {
  const minimiser = new Minimiser(program, wanted, budget)
  minimiser.try(deviationsOf(program, schedule))
  if (minimiser.best === null) return null
  minimiser.drop()
  const { width } = minimiser.try([])
  let proven = minimiser.best.deviations.length === 0
  for (let count = 1; count <= minimiser.best.deviations.length && !minimiser.spent(); count++) {
    const known = minimiser.best.deviations.length
    minimiser.search([], count, width)
    proven = !minimiser.spent()
    if (minimiser.best.deviations.length < known) break
  }
  return { ...minimiser.best, proven }
}
