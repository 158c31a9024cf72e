/** The states that were reached, and the moves between them. States and moves have numbers, from 0. */

export class StateGraph {
  /** Of each move: the state before it, the state after it, its label (frame * 16 + outcome), and may the scheduler never make it? */
  readonly from: number[] = []
  readonly to: number[] = []
  readonly label: number[] = []
  /** The move as it was made in the schedule that reached the state before it first. */
  readonly move: number[] = []
  readonly optional: boolean[] = []
  /** Of each state: its moves. */
  readonly moves: number[][] = []
  /** Of each state: the move by which it was first reached; -1 for the first state. */
  readonly reachedBy: number[] = []
  /** Of each state: were all its moves performed? */
  readonly expanded: boolean[] = []

  addState(reachedBy: number): number {
    this.moves.push([])
    this.expanded.push(false)
    return this.reachedBy.push(reachedBy) - 1
  }

  /** `optional`: an interrupt that may arrive, or may not. */
  addMove(from: number, move: number, label: number, optional: boolean): number {
    const number = this.from.push(from) - 1
    this.to.push(-1)
    this.label.push(label)
    this.move.push(move)
    this.optional.push(optional)
    this.moves[from]!.push(number)
    return number
  }

  /** The schedule by which a state was first reached. */
  wayTo(state: number): number[] {
    const schedule: number[] = []
    for (let at = this.reachedBy[state]!; at >= 0; at = this.reachedBy[this.from[at]!]!)
      schedule.push(this.move[at]!)
    return schedule.reverse()
  }

  /**
   * The strongly connected components that contain a move, each as its states (Tarjan, SIAM Journal on Computing, 1972, without recursion).
   * States of which not all moves were performed are left out.
   */
  cycles(): number[][] {
    const search = new Tarjan(this)
    for (let state = 0; state < this.moves.length; state++) search.visit(state)
    return search.components.filter((states) => states.length > 1 || this.loops(states[0]!))
  }

  private loops(state: number): boolean {
    return this.moves[state]!.some((move) => this.to[move] === state)
  }
}

class Tarjan {
  readonly components: number[][] = []
  private readonly graph: StateGraph
  private readonly index: Int32Array
  private readonly low: Int32Array
  private readonly onStack: Uint8Array
  private readonly stack: number[] = []
  private next = 1

  constructor(graph: StateGraph) {
    this.graph = graph
    const states = graph.moves.length
    this.index = new Int32Array(states)
    this.low = new Int32Array(states)
    this.onStack = new Uint8Array(states)
  }

  visit(root: number): void {
    if (this.index[root] !== 0 || !this.graph.expanded[root]!) return
    const calls = [this.enter(root)]
    while (calls.length > 0) {
      const call = calls.at(-1)!
      const move = this.graph.moves[call.state]![call.next++]
      if (move === undefined) {
        calls.pop()
        this.leave(call.state)
        const caller = calls.at(-1)
        if (caller !== undefined) this.lower(caller.state, this.low[call.state]!)
      } else {
        const to = this.graph.to[move]!
        if (to < 0 || !this.graph.expanded[to]!) continue
        if (this.index[to] === 0) calls.push(this.enter(to))
        else if (this.onStack[to] === 1) this.lower(call.state, this.index[to]!)
      }
    }
  }

  private enter(state: number): { state: number; next: number } {
    this.index[state] = this.low[state] = this.next++
    this.stack.push(state)
    this.onStack[state] = 1
    return { state, next: 0 }
  }

  private lower(state: number, to: number): void {
    if (to < this.low[state]!) this.low[state] = to
  }

  private leave(state: number): void {
    if (this.low[state] !== this.index[state]) return
    const component: number[] = []
    for (;;) {
      const member = this.stack.pop()!
      this.onStack[member] = 0
      component.push(member)
      if (member === state) break
    }
    this.components.push(component)
  }
}
