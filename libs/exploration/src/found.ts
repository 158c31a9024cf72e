/** Which findings there were, in how many runs, and which schedule shows each best. */
import type { Finding } from '@bottom-half/kernel-model'
import type { Program } from './program.ts'
import { countDeviations } from './schedule.ts'

/** A finding with a schedule that shows it. */
export interface FoundFinding {
  readonly finding: Finding
  /** Of the schedules that show it the first in the order of `compareShown`, whatever the order in which they were run. */
  readonly moves: readonly number[]
  /** How often that schedule departs from the plain one. */
  readonly deviations: number
  /** In how many complete runs it shows: in so many equivalence classes, where none is run twice. */
  readonly schedules: number
}

type Shown = Pick<FoundFinding, 'moves' | 'deviations'>

/** A total order: fewest deviations from the plain schedule, then fewest steps, then the moves as a dictionary has them. */
export function compareShown(a: Shown, b: Shown): number {
  const coarse = a.deviations - b.deviations || a.moves.length - b.moves.length
  if (coarse !== 0) return coarse
  const at = a.moves.findIndex((move, i) => move !== b.moves[i])
  return at < 0 ? 0 : a.moves[at]! - b.moves[at]!
}

function nameOf({ kind, title }: Finding): string {
  return `${kind}\n${title}`
}

export class FindingCount {
  private readonly found = new Map<string, FoundFinding>()
  private readonly program: Program | null

  /** @param program null if runs are counted elsewhere only */
  constructor(program: Program | null) {
    this.program = program
  }

  /** Counts the findings of a run. */
  note(findings: readonly Finding[], moves: () => readonly number[]): void {
    if (this.program === null || findings.length === 0) return
    const best = this.mostDeviations(findings)
    // No other schedule is as plain as one without deviations.
    const schedule = best === 0 ? [] : moves()
    const deviations = best === 0 ? 1 : countDeviations(this.program, schedule, best)
    for (const finding of findings) this.add({ finding, moves: schedule, deviations, schedules: 1 })
  }

  /** Adds findings that were counted elsewhere. */
  merge(others: readonly FoundFinding[]): void {
    for (const other of others) this.add(other)
  }

  /** The findings, those with the plainest schedules first. */
  list(): FoundFinding[] {
    return [...this.found.values()].toSorted(
      (a, b) => compareShown(a, b) || (nameOf(a.finding) < nameOf(b.finding) ? -1 : 1),
    )
  }

  private add(other: FoundFinding): void {
    const name = nameOf(other.finding)
    const known = this.found.get(name)
    if (known === undefined) this.found.set(name, other)
    else {
      const best = compareShown(other, known) < 0 ? other : known
      this.found.set(name, { ...best, schedules: known.schedules + other.schedules })
    }
  }

  /** A schedule with more deviations than this is the best for none of the findings. */
  private mostDeviations(findings: readonly Finding[]): number {
    return Math.max(...findings.map((finding) => this.found.get(nameOf(finding))?.deviations ?? Infinity))
  }
}
