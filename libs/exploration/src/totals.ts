/** What was counted so far, in one or several parts of an exploration. */
import { type Machine, sometimesOf } from '@bottom-half/kernel-model'
import { ClassSet } from './class_set.ts'
import { FindingCount, type FoundFinding } from './found.ts'
import type { Program } from './program.ts'
import { type Chunk, ShareEstimate } from './share_estimate.ts'

export interface Counts {
  /** Complete runs. */
  readonly executions: number
  /** Of these, how many repeated an equivalence class; known for the first million of them. */
  readonly redundant: number
  /** Runs that came to a point from where all is explored elsewhere; followed to their end for their races, and not executions. */
  readonly blocked: number
  /** Steps performed, replays of prefixes included. */
  readonly steps: number
  /** The most steps of one run. */
  readonly longest: number
  /** Runs that a fatal finding ended. */
  readonly stopped: number
}

/** Counts of what the caller chose to count, by name. */
export type Tally = Readonly<Record<string, number>>

/** All of it as plain data: it can be given to another thread. */
export interface PlainTotals {
  readonly counts: Counts
  readonly findings: readonly FoundFinding[]
  readonly tally: Tally
  /** The labels of declareSometimes(), each with: did a run reach it? */
  readonly sometimes: Readonly<Record<string, boolean>>
  /** Fingerprints of the classes so far, the first million of them. */
  readonly classes: Float64Array
  /** What the estimate of the total is made from. */
  readonly chunks: readonly Chunk[]
}

/** Counts what is to be counted in a run that is at its end. */
export type Teller = (machine: Machine, count: (name: string, times?: number) => void) => void

export class Totals {
  readonly counts = { executions: 0, redundant: 0, blocked: 0, steps: 0, longest: 0, stopped: 0 }
  readonly estimate = new ShareEstimate()
  private readonly found: FindingCount
  private readonly classes = new ClassSet()
  private readonly tally = new Map<string, number>()
  private readonly sometimes = new Map<string, boolean>()

  /** @param program null if runs are counted elsewhere only */
  constructor(program: Program | null) {
    this.found = new FindingCount(program)
  }

  /** Counts a complete run. */
  complete(machine: Machine, moves: () => number[], fingerprint: number, tell: Teller | undefined): void {
    const { counts } = this
    counts.executions++
    counts.longest = Math.max(counts.longest, machine.steps)
    if (machine.halted) counts.stopped++
    tell?.(machine, (name, times = 1) => this.count(name, times))
    // After all that asks for this run: it boots the program.
    this.found.note(machine.findings, moves)
    if (!this.classes.add(fingerprint)) counts.redundant++
    for (const [label, reached] of sometimesOf(machine)) this.noteLabel(label, reached)
  }

  /** Adds what was counted elsewhere. A class that is in both counts as redundant. */
  add({ counts, findings, tally, sometimes, classes, chunks }: PlainTotals): void {
    const sum = this.counts
    sum.executions += counts.executions
    sum.redundant += counts.redundant
    sum.blocked += counts.blocked
    sum.steps += counts.steps
    sum.longest = Math.max(sum.longest, counts.longest)
    sum.stopped += counts.stopped
    for (const fingerprint of classes) if (!this.classes.add(fingerprint)) sum.redundant++
    this.found.merge(findings)
    for (const [name, times] of Object.entries(tally)) this.count(name, times)
    for (const [label, reached] of Object.entries(sometimes)) this.noteLabel(label, reached)
    for (const { leaves, share } of chunks) this.estimate.add(leaves, share)
  }

  findings(): FoundFinding[] {
    return this.found.list()
  }

  tallied(): Tally {
    return Object.fromEntries([...this.tally].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** The labels that no run reached so far, sorted. */
  neverReached(): string[] {
    return [...this.sometimes].flatMap(([label, reached]) => (reached ? [] : [label])).toSorted()
  }

  plain(): PlainTotals {
    return {
      counts: { ...this.counts },
      findings: this.findings(),
      tally: this.tallied(),
      sometimes: Object.fromEntries(this.sometimes),
      classes: this.classes.values(),
      chunks: this.estimate.chunks(),
    }
  }

  private noteLabel(label: string, reached: boolean): void {
    this.sometimes.set(label, reached || this.sometimes.get(label) === true)
  }

  private count(name: string, times: number): void {
    this.tally.set(name, (this.tally.get(name) ?? 0) + times)
  }
}
