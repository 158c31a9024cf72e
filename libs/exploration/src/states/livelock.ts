/**
 * Livelocks: cycles of states that a fair scheduler can go round for ever. Every frame is back where it was, so none of them
 * progresses. Fair, as weak fairness (justice) in Lehmann, Pnueli, Stavi, ICALP'81: a frame that can move in each state of the cycle
 * does move in it. Not obliged to come: an interrupt that may arrive, and a certain outcome of a step with several.
 * A spin loop that waits for another CPU, which can go on and so ends it, is no livelock.
 *
 * A cycle that satisfies this exists in a strongly connected component iff going round all of the component satisfies it.
 */
import type { StateGraph } from './state_graph.ts'

/** A way round, from `state` back to it, as labels of moves. */
export interface Cycle {
  readonly state: number
  readonly labels: readonly number[]
  /** The frames that move in it, as numbers of the labels. */
  readonly frames: readonly number[]
}

/** One cycle for each component that has a fair one. */
export function livelocks(graph: StateGraph): Cycle[] {
  const out: Cycle[] = []
  for (const states of graph.cycles()) {
    const component = new Component(graph, states)
    if (component.fair()) out.push(component.tour())
  }
  return out
}

class Component {
  private readonly graph: StateGraph
  private readonly states: readonly number[]
  private readonly inside: ReadonlySet<number>

  constructor(graph: StateGraph, states: readonly number[]) {
    this.graph = graph
    // The state that was reached first comes first.
    this.states = states.toSorted((a, b) => a - b)
    this.inside = new Set(states)
  }

  private stays(move: number): boolean {
    return this.inside.has(this.graph.to[move]!)
  }

  private frameOf(move: number): number {
    return this.graph.label[move]! >> 4
  }

  /** The frames that have to move if they can, in this state. */
  private obliged(state: number): Set<number> {
    const { moves, optional } = this.graph
    return new Set(moves[state]!.filter((move) => !optional[move]).map((move) => this.frameOf(move)))
  }

  /** The frames that are obliged to move in each of the states. */
  private always(): number[] {
    const [first, ...others] = this.states
    const sets = others.map((state) => this.obliged(state))
    return [...this.obliged(first!)].filter((frame) => sets.every((set) => set.has(frame)))
  }

  private movesInside(): number[] {
    return this.states.flatMap((state) => this.graph.moves[state]!.filter((move) => this.stays(move)))
  }

  fair(): boolean {
    const moving = new Set(this.movesInside().map((move) => this.frameOf(move)))
    return this.always().every((frame) => moving.has(frame))
  }

  /** From the first state through a move of each frame that must move, and a state in which each other one cannot. */
  tour(): Cycle {
    const start = this.states[0]!
    const must = new Set(this.always())
    const wait = new Set(this.states.flatMap((state) => [...this.obliged(state)]).filter((f) => !must.has(f)))
    const labels: number[] = []
    const frames = new Set<number>()
    let at = start
    const settle = (): void => {
      const here = this.obliged(at)
      for (const frame of wait) if (!here.has(frame)) wait.delete(frame)
    }
    const go = (goal: (move: number) => boolean): void => {
      for (const move of this.way(at, goal)) {
        labels.push(this.graph.label[move]!)
        frames.add(this.frameOf(move))
        must.delete(this.frameOf(move))
        at = this.graph.to[move]!
        settle()
      }
    }
    settle()
    while (must.size > 0) go((move) => must.has(this.frameOf(move)))
    while (wait.size > 0) go((move) => [...wait].some((f) => !this.obliged(this.graph.to[move]!).has(f)))
    if (at !== start || labels.length === 0) go((move) => this.graph.to[move] === start)
    return { state: start, labels, frames: [...frames] }
  }

  /** The shortest way inside the component whose last move is a goal. */
  private way(from: number, goal: (move: number) => boolean): number[] {
    const by = new Map<number, number>()
    const queue = [from]
    for (const state of queue) {
      for (const move of this.graph.moves[state]!) {
        if (!this.stays(move)) continue
        const to = this.graph.to[move]!
        if (goal(move)) return [...this.back(from, state, by), move]
        if (to === from || by.has(to)) continue
        by.set(to, move)
        queue.push(to)
      }
    }
    throw new Error('a strongly connected component is not connected')
  }

  private back(from: number, to: number, by: ReadonlyMap<number, number>): number[] {
    const moves: number[] = []
    for (let state = to; state !== from; state = this.graph.from[moves[0]!]!) moves.unshift(by.get(state)!)
    return moves
  }
}
