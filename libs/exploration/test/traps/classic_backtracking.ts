/**
 * A textbook explorer with its known mistakes as options: classic dynamic partial-order reduction (Flanagan and Godefroid, POPL'05),
 * which goes back to the last race of each step. For tests only: it takes frames for threads, and knows of no choices and no
 * frames that come later.
 */
import { conflict, type Frame } from '@bottom-half/kernel-model'
import type { Program } from '../../src/index.ts'
import { endStates } from '../random/program.ts'

export interface Classic {
  /** Godefroid's sleep sets, bolted on: a sibling that was run sleeps until something conflicts with it. */
  readonly sleepSets: boolean
  /** A race in which the second frame could not have moved first: is it passed over, for the last one in which it could? */
  readonly passesOverDisabled: boolean
  /** Is the race of a handler with what it interrupted one of its entry? */
  readonly handlersAreBlocks: boolean
}

interface Step {
  readonly frame: Frame
  readonly touched: readonly number[]
  /** By frame: how many of its steps happen before this one, itself included. */
  readonly clock: readonly number[]
}

interface Node {
  readonly enabled: readonly number[]
  readonly backtrack: Set<number>
}

const conflicting = (a: readonly number[], b: readonly number[]): boolean =>
  a.some((x) => b.some((y) => conflict(x, y)))

/** The end states that are reached. */
export function classicEnds(program: Program, options: Classic): Set<string> {
  return new ClassicExplorer(program, options).run()
}

class ClassicExplorer {
  private readonly program: Program
  private readonly options: Classic
  private readonly ends = new Set<string>()
  private readonly nodes: Node[] = []

  constructor(program: Program, options: Classic) {
    this.program = program
    this.options = options
  }

  run(): Set<string> {
    this.visit([], new Map())
    return this.ends
  }

  private visit(schedule: readonly number[], sleep: ReadonlyMap<number, readonly number[]>): void {
    const { machine } = this.replay(schedule)
    const enabled = machine.moves().map((move) => move >> 4)
    if (enabled.length === 0) {
      this.ends.add(endStates.get(machine)!())
      return
    }
    const first = enabled.find((frame) => !sleep.has(frame))
    if (first === undefined) return
    const node: Node = { enabled, backtrack: new Set([first]) }
    this.nodes.push(node)
    const done = new Map<number, readonly number[]>()
    // The set grows while it is iterated.
    for (const frame of node.backtrack) {
      if (sleep.has(frame)) continue
      const longer = [...schedule, frame]
      const { steps } = this.replay(longer)
      this.goBack(steps)
      const { touched } = steps.at(-1)!
      const stillAsleep = [...sleep, ...done].filter(([, other]) => !conflicting(other, touched))
      this.visit(longer, new Map(this.options.sleepSets ? stillAsleep : []))
      done.set(frame, touched)
    }
    this.nodes.pop()
  }

  /** Where the last step races with an earlier one, its frame is to be tried first. */
  private goBack(steps: readonly Step[]): void {
    const last = steps.at(-1)!
    const { frame, touched } = last
    const before = steps.findLast((step) => step !== last && step.frame === frame)?.clock ?? []
    for (let i = steps.length - 2; i >= 0; i--) {
      const step = steps[i]!
      if (step.frame === frame || !conflicting(step.touched, touched)) continue
      const ordinal = step.clock[step.frame.index]!
      if ((before[step.frame.index] ?? 0) >= ordinal) continue
      const node = this.nodes[this.startOf(steps, i, frame)]!
      const possible = node.enabled.includes(frame.index)
      if (possible) node.backtrack.add(frame.index)
      if (possible || !this.options.passesOverDisabled) return
    }
  }

  /** The point to go back to for a race with step `i`. */
  private startOf(steps: readonly Step[], i: number, frame: Frame): number {
    const other = steps[i]!.frame
    const interrupted = other.cpu === frame.cpu && other.level > frame.level
    if (!interrupted || !this.options.handlersAreBlocks) return i
    return steps.findIndex((step) => step.frame === other)
  }

  private replay(schedule: readonly number[]) {
    const machine = this.program.boot({ tracing: false })
    const steps: Step[] = []
    for (const index of schedule) {
      const frame = machine.frames[index]!
      machine.perform(index << 4)
      const { touched } = machine.footprint
      const clock: number[] = machine.frames.map(() => 0)
      for (const step of steps)
        if (step.frame === frame || conflicting(step.touched, touched))
          for (const [f, count] of step.clock.entries()) clock[f] = Math.max(clock[f]!, count)
      clock[index]!++
      steps.push({ frame, touched, clock })
    }
    return { machine, steps }
  }
}
