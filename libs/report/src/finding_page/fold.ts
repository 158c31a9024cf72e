/** Which steps of a long block a reader may skip. */
import { type Block, isEntry } from '../lanes.ts'
import type { StepResult } from '../results.ts'

/** Steps that stand for themselves, or a run of steps that is folded away. */
export interface Stretch {
  readonly folded: boolean
  readonly steps: readonly StepResult[]
}

/** A trace up to this long is shown whole. */
const SHORT = 24

/** Neighbours of a step of the race stay in sight, and so do both ends of a block. */
const CONTEXT = 2

/** Folding fewer steps would cost more attention than it saves. */
const WORTH = 5

function remarkable(block: Block, index: number): boolean {
  const { steps } = block
  if (index === 0 || index === steps.length - 1 || isEntry(steps[index]!)) return true
  return steps.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ race }) => race)
}

/** The block as stretches, in order; `total` is the length of the whole trace. */
export function stretches(block: Block, total: number): Stretch[] {
  if (total <= SHORT) return [{ folded: false, steps: block.steps }]
  const found: { folded: boolean; steps: StepResult[] }[] = []
  for (const [index, step] of block.steps.entries()) {
    const folded = !remarkable(block, index)
    const last = found.at(-1)
    if (last !== undefined && last.folded === folded) last.steps.push(step)
    else found.push({ folded, steps: [step] })
  }
  return found.map((each) => (each.steps.length < WORTH ? { ...each, folded: false } : each))
}
