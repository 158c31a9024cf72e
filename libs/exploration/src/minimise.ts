/**
 * Makes a counterexample short, in the order of cost.ts. The finding stays the same.
 *
 * First delta debugging over the deviations from the plain schedule (delta.ts), which takes few runs; then the search of all
 * schedules that may be cheaper still (cheaper.ts), as far as the budget goes. The same arguments give the same result.
 */
import type { Finding, Machine } from '@bottom-half/kernel-model'
import { searchCheaper } from './cheaper.ts'
import { compareSchedules, type Cost, type Costed } from './cost.ts'
import { ddmin } from './delta.ts'
import type { Program } from './program.ts'
import type { Deviation } from './deviation.ts'
import { deviationsOf, follow, type Followed } from './schedule.ts'
import type { Choice } from './token.ts'

export interface Minimised extends Costed {
  readonly deviations: readonly Choice[]
  readonly finding: Finding
  /** True if no schedule that shows the finding comes before this one in the order: all that might were tried. */
  readonly proven: boolean
  /** Runs that it took. */
  readonly runs: number
}

/** The wanted finding of a machine, if it has it. */
export function sameFinding(machine: Machine, wanted: Finding): Finding | undefined {
  return machine.findings.find((f) => f.kind === wanted.kind && f.title === wanted.title)
}

class Minimiser {
  best: Costed | null = null
  runs = 0
  private readonly program: Program
  private readonly wanted: Finding
  private readonly budget: number

  constructor(program: Program, wanted: Finding, budget: number) {
    this.program = program
    this.wanted = wanted
    this.budget = budget
  }

  private more(): boolean {
    return this.runs++ < this.budget
  }

  private shows(machine: Machine): boolean {
    return machine.findings.length > 0 && sameFinding(machine, this.wanted) !== undefined
  }

  /** Keeps the schedule if it is the best so far; true if it is. */
  private take(cost: Cost, deviations: readonly Deviation[]): boolean {
    const candidate = { cost, deviations }
    if (this.best !== null && compareSchedules(candidate, this.best) >= 0) return false
    this.best = candidate
    return true
  }

  /** Runs a schedule; true if it shows the finding and is better than what is known. */
  try(deviations: readonly Deviation[]): boolean {
    if (!this.more()) return false
    const { machine, cost, deviations: made } = this.run(deviations)
    return this.shows(machine) && this.take(cost, made)
  }

  run(deviations: readonly Deviation[]): Followed {
    return follow(this.program, deviations, { stop: (machine) => this.shows(machine) })!
  }

  /** Leaves deviations out, until none can be left out alone. */
  drop(): void {
    let before: Costed | null = null
    while (before !== this.best) {
      before = this.best
      ddmin(before!.deviations, (rest) => this.try(rest))
    }
  }

  /** Returns true if nothing better is left. */
  search(): boolean {
    return searchCheaper({
      program: this.program,
      shows: (machine) => this.shows(machine),
      best: () => this.best!.cost,
      take: (cost, deviations) => void this.take(cost, deviations),
      more: () => this.more(),
    })
  }
}

/** @param budget the most runs; @returns null if the schedule does not show the finding (a lab bug) */
export function minimise(
  program: Program,
  schedule: readonly number[],
  wanted: Finding,
  budget: number,
): Minimised | null {
  const minimiser = new Minimiser(program, wanted, Math.max(1, budget))
  minimiser.try(deviationsOf(program, schedule))
  if (minimiser.best === null) return null
  minimiser.drop()
  const proven = minimiser.search()
  const { machine, cost, deviations } = minimiser.run(minimiser.best.deviations)
  const finding = sameFinding(machine, wanted)!
  return { cost, deviations, finding, proven, runs: Math.min(minimiser.runs, budget) }
}
