/** The lanes of a trace: who ran where, and what belongs together. */
import type { StepResult } from './results.ts'
import { unique } from './variant.ts'

type LevelName = StepResult['level']

/** One column of a swim-lane trace. */
export interface Lane {
  readonly cpu: number
  readonly level: LevelName
  /** The task's name, or the level for handlers: two of one level never nest on one CPU, so they share a lane. */
  readonly label: string
}

/** Consecutive steps of one activation. */
export interface Block {
  readonly lane: Lane
  readonly frame: string
  readonly steps: readonly StepResult[]
}

const LEVELS: readonly LevelName[] = ['task', 'softirq', 'hardirq', 'NMI']

/** More lanes than this do not fit a screen: the tasks of a CPU then share one. */
const MOST_LANES = 8

/** True for the step that enters a handler. */
export function isEntry(step: StepResult): boolean {
  return LEVELS.some((level) => step.op === `enter ${level}`)
}

/** The lanes of a trace in order of CPU and level, and for each step its lane. */
export function lanesOf(steps: readonly StepResult[]): { lanes: Lane[]; at: Map<StepResult, Lane> } {
  const wide = assign(steps, ({ level, frame }) => (level === 'task' ? frame : level))
  return wide.lanes.length <= MOST_LANES ? wide : assign(steps, ({ level }) => level)
}

function assign(steps: readonly StepResult[], labelOf: (step: StepResult) => string) {
  const found = new Map<string, Lane>()
  const at = new Map<StepResult, Lane>()
  for (const step of steps) {
    const { cpu, level } = step
    const lane = { cpu, level, label: labelOf(step) }
    const known = found.get(JSON.stringify(lane)) ?? lane
    found.set(JSON.stringify(lane), known)
    at.set(step, known)
  }
  const order = (a: Lane, b: Lane) => a.cpu - b.cpu || LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level)
  return { lanes: [...found.values()].toSorted(order), at }
}

/** Cuts a trace wherever another activation goes on. */
export function blocksOf(steps: readonly StepResult[], at: ReadonlyMap<StepResult, Lane>): Block[] {
  const blocks: { lane: Lane; frame: string; steps: StepResult[] }[] = []
  for (const step of steps) {
    const lane = at.get(step)!
    const last = blocks.at(-1)
    if (last !== undefined && last.lane === lane && last.frame === step.frame && !isEntry(step))
      last.steps.push(step)
    else blocks.push({ lane, frame: step.frame, steps: [step] })
  }
  return blocks
}

/** For each block, the lanes whose activation has begun and is not over, though it does not run now. */
export function waitingLanes(blocks: readonly Block[]): ReadonlyMap<Block, ReadonlySet<Lane>> {
  const name = (block: Block) => JSON.stringify([block.lane.cpu, block.frame])
  const last = new Map(blocks.map((block, index) => [name(block), index]))
  const begun = new Map<string, Lane>()
  return new Map(
    blocks.map((block, index) => {
      begun.set(name(block), block.lane)
      const waiting = [...begun].filter(([each, lane]) => last.get(each)! > index && lane !== block.lane)
      return [block, new Set(waiting.map(([, lane]) => lane))]
    }),
  )
}

/** The functions that a block is in, outermost of each step only: `bpf_task_work_irq`. */
export function entryPoints(block: Block): string[] {
  return unique(block.steps.flatMap(({ functions }) => functions.slice(-1)))
}
