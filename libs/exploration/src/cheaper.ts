/**
 * Searches all schedules that may be cheaper than the best one known: those with fewest deviations from the plain schedule first,
 * among them those with fewest preemptions and handlers. A beginning that already costs more than the best is given up.
 */
import type { Machine } from '@bottom-half/kernel-model'
import { longestKnown } from './bounds.ts'
import { compareCosts, type Cost, costWith, NOTHING } from './cost.ts'
import type { Program } from './program.ts'
import { type Deviation, plainChoice } from './deviation.ts'

/** A schedule to be run: the one of `parent` up to its step, another move there, and the plain one from then on. */
interface Branch extends Deviation {
  readonly parent: Branch | null
  /** Of the schedule up to here, this move included. */
  readonly cost: Cost
}

/** What is searched for. */
export interface Hunt {
  readonly program: Program
  /** Does the machine show what is wanted? */
  shows(machine: Machine): boolean
  /** The cost of the best schedule known. */
  best(): Cost
  /** Takes a schedule that shows it. */
  take(cost: Cost, deviations: readonly Deviation[]): void
  /** False once the budget ended; asked before each run. */
  more(): boolean
}

/** More than this many schedules are not kept waiting. */
const MOST_WAITING = 1_000_000

/** Returns true if every schedule that is cheaper than the best one, or costs the same, was tried. */
export function searchCheaper(hunt: Hunt): boolean {
  let complete = true
  let level: (Branch | null)[] = [null]
  while (level.length > 0) {
    const next: Branch[] = []
    for (const branch of level) {
      if (branch !== null && compareCosts(branch.cost, hunt.best()) > 0) continue
      if (!hunt.more()) return false
      if (!run(hunt, branch, next)) complete = false
      if (next.length > MOST_WAITING) {
        next.length = MOST_WAITING
        complete = false
      }
    }
    level = next.sort((a, b) => a.cost.preemptions - b.cost.preemptions || a.cost.frames - b.cost.frames)
  }
  return complete
}

function deviationsOf(branch: Branch | null): Deviation[] {
  const out: Deviation[] = []
  for (let at = branch; at !== null; at = at.parent) out.push({ step: at.step, index: at.index })
  return out.reverse()
}

/** Runs the schedule, and puts the ones that branch off behind its last deviation into `next`. False if it does not end. */
function run(hunt: Hunt, branch: Branch | null, next: Branch[]): boolean {
  const machine = hunt.program.boot({ tracing: false })
  machine.footprint.recording = false
  const deviations = deviationsOf(branch)
  const known = branch?.step ?? -1
  let cost: Cost = NOTHING
  let at = 0
  let last = -1
  for (let step = 0; step < longestKnown(); step++) {
    const moves = machine.moves()
    if (hunt.shows(machine)) {
      hunt.take(cost, deviations)
      return true
    }
    if (moves.length === 0) return true
    const plain = plainChoice(moves, last)
    const index = deviations[at]?.step === step ? deviations[at++]!.index : plain
    const costs = (i: number): Cost => costWith(cost, machine, moves, last, moves[i]!)
    // What follows quiescence runs in one order: no exploration looks at another one.
    if (step > known && !machine.teardown)
      for (let i = 0; i < moves.length; i++)
        if (i !== plain) offer(hunt, { parent: branch, step, index: i, cost: costs(i) }, next)
    cost = costs(index)
    if (compareCosts(cost, hunt.best()) > 0) return true
    last = moves[index]! >> 4
    machine.perform(moves[index]!)
  }
  return false
}

function offer(hunt: Hunt, branch: Branch, next: Branch[]): void {
  if (compareCosts(branch.cost, hunt.best()) <= 0) next.push(branch)
}
