/**
 * Exhaustive exploration of states: what was reached before is not gone on from. No reduction of orders: a second explorer, which
 * shares with the first one nothing but the machine. Explicit-state search with fingerprints, as TLC (Yu, Manolios, Lamport, CHARME'99),
 * by re-execution, since a path cannot be copied.
 *
 * Data races are not judged: two schedules into one state may differ in what they order. That is left to `explore`.
 */
import type { Finding, Machine } from '@bottom-half/kernel-model'
import { sometimesOf } from '@bottom-half/kernel-model'
import { MOST_STEPS } from '../bounds.ts'
import type { Program } from '../program.ts'
import { calculatedCollision, FingerprintSet } from './fingerprint_set.ts'
import { Numbering } from './hash.ts'
import { livelockFindings } from './lasso.ts'
import { StateGraph } from './state_graph.ts'
import { StateRun } from './state_run.ts'

export interface StateOptions {
  /** `breadth-first`: the first schedule of each finding is a shortest one. Costs more re-execution. Depth first, unless said. */
  readonly order?: 'depth-first' | 'breadth-first'
  /** The most states; reaching it makes the exploration inconclusive. */
  readonly maxStates?: number
  /** The most steps of a schedule; a longer one is cut, which makes the exploration inconclusive. */
  readonly maxSteps?: number
  /** Called once for each state in which nothing can move any more; the machine is in it. */
  readonly onEnd?: (machine: Machine, moves: readonly number[]) => void
  /** Asked at each new state: true ends the exploration, which is then not exhausted. */
  readonly stop?: () => boolean
}

/** A finding with a schedule that shows it. */
export interface StateFinding {
  readonly finding: Finding
  readonly moves: readonly number[]
  /** For a livelock: what can follow `moves` again and again, each time into the same state. Empty otherwise. */
  readonly cycle: readonly number[]
}

export interface StateExploration {
  /** Distinct states, the first one included. */
  readonly states: number
  /** Moves performed from distinct states. */
  readonly transitions: number
  /** States in which nothing can move any more. */
  readonly ends: number
  /** Boots of the program. */
  readonly executions: number
  /** Steps performed, replays of prefixes included. */
  readonly steps: number
  /** The most steps of one schedule before quiescence. */
  readonly depth: number
  /** True if all states were reached. */
  readonly exhausted: boolean
  /** Why not, if not. */
  readonly reason: string | null
  readonly findings: readonly StateFinding[]
  /** Was any access plain? If none was, and all states were reached, there is no data race. */
  readonly plain: boolean
  /** The labels of declareSometimes() that no schedule reached: with `exhausted`, none can. */
  readonly neverReached: readonly string[]
  /** Probabilities that a state was missed since its fingerprint is that of another one, as TLC gives them. */
  readonly collision: { readonly calculated: number; readonly observed: number }
}

/**
 * Explores all states of the program. Throws NoState, a LabBug, if the state cannot be named: see docs/exploration.md, "States".
 */
export function exploreStates(program: Program, options: StateOptions = {}): StateExploration {
  return new StateSearch(program, options).run()
}

/** A state that is being expanded. */
interface Open {
  readonly state: number
  readonly moves: readonly number[]
  next: number
}

/** The search itself: can be left after any step, and gone on with. */
export class StateSearch {
  private readonly program: Program
  private readonly options: StateOptions
  private readonly maxSteps: number
  private readonly numbering = new Numbering()
  private readonly known = new FingerprintSet()
  private readonly graph = new StateGraph()
  private readonly found = new Map<string, StateFinding>()
  private readonly sometimes = new Map<string, boolean>()
  private reason: string | null = null
  private executions = 0
  /** Steps performed so far, replays of prefixes included. */
  steps = 0
  /** Was any access plain so far? */
  plain = false
  private ends = 0
  private depth = 0

  constructor(program: Program, options: StateOptions) {
    this.program = program
    this.options = options
    this.maxSteps = options.maxSteps ?? MOST_STEPS
  }

  run(): StateExploration {
    const steps = this.all()
    while (steps.next().done !== true);
    return this.result()
  }

  /** Performs the steps of the search, each as soon as it is asked for. */
  all(): Iterator<void, void> {
    return this.options.order === 'breadth-first' ? this.breadthFirst() : this.depthFirst()
  }

  /** Was nothing left out so far? */
  get exhausted(): boolean {
    return this.reason === null
  }

  /** Says why it is left before its end. */
  leave(reason: string): void {
    this.reason ??= reason
  }

  /** What came of it, once it is over. */
  result(): StateExploration {
    const boot = (): StateRun => this.boot()
    for (const livelock of livelockFindings(this.graph, boot)) this.record(livelock)
    const { size } = this.known
    const transitions = this.graph.to.length
    const observed = this.known.observedCollision()
    return {
      states: size,
      transitions,
      ends: this.ends,
      executions: this.executions,
      steps: this.steps,
      depth: this.depth,
      exhausted: this.exhausted,
      reason: this.reason,
      findings: [...this.found.values()],
      plain: this.plain,
      neverReached: [...this.sometimes].filter(([, reached]) => !reached).map(([label]) => label),
      collision: { calculated: calculatedCollision(size, transitions + 1), observed },
    }
  }

  private boot(): StateRun {
    this.executions++
    return new StateRun(this.program, this.numbering)
  }

  private again(moves: readonly number[]): StateRun {
    this.steps += moves.length
    return this.boot().replay(moves)
  }

  private *depthFirst(): Generator<void, void> {
    let run: StateRun | null = this.boot()
    const path: number[] = []
    const stack = [this.open(run, path, this.reach(run, -1))]
    for (let top = stack.at(-1); top !== undefined && !this.stopped(); top = stack.at(-1)) {
      if (top.next === top.moves.length) {
        this.graph.expanded[top.state] ||= top.moves.length > 0
        stack.pop()
        path.pop()
        run = null
        continue
      }
      run ??= this.again(path)
      const move = top.moves[top.next++]!
      path.push(move)
      const state = this.step(run, path, top.state, move)
      if (state !== null) stack.push(this.open(run, path, state))
      else {
        path.pop()
        run = null
      }
      yield
    }
  }

  private *breadthFirst(): Generator<void, void> {
    const first = this.boot()
    const queue = [this.open(first, [], this.reach(first, -1))]
    for (const { state, moves } of queue) {
      const path = this.graph.wayTo(state)
      for (const move of moves) {
        if (this.stopped()) return
        const run = this.again(path)
        const schedule = [...path, move]
        const next = this.step(run, schedule, state, move)
        if (next !== null) queue.push(this.open(run, schedule, next))
        yield
      }
      this.graph.expanded[state] ||= moves.length > 0
    }
  }

  private stopped(): boolean {
    if (this.known.size > (this.options.maxStates ?? Infinity))
      this.reason = `the budget of ${this.options.maxStates} states ended`
    else if (this.options.stop?.() === true) this.reason = 'interrupted'
    else return false
    return true
  }

  /** Performs the last move of `schedule`; gives the number of the state if it is new. */
  private step(run: StateRun, schedule: readonly number[], from: number, move: number): number | null {
    const frame = run.machine.frames[move >> 4]!
    const optional = frame.state === 'pending' && !frame.immediate
    const taken = this.graph.addMove(from, move, run.labelOf(move), optional)
    run.perform(move)
    this.steps++
    this.note(run.machine, schedule)
    const fingerprint = run.state()
    const known = this.known.find(fingerprint)
    if (known >= 0) {
      this.graph.to[taken] = known
      return null
    }
    return (this.graph.to[taken] = this.reach(run, taken))
  }

  /** Enters the present state, which is new. */
  private reach(run: StateRun, by: number): number {
    this.graph.addState(by)
    return this.known.add(run.state())
  }

  /** Gives the moves of a new state, and judges it if there are none. */
  private open(run: StateRun, path: readonly number[], state: number): Open {
    this.depth = Math.max(this.depth, path.length)
    const moves = run.moves()
    const rests = moves.length === 0 || run.machine.teardown
    if (rests) this.end(run, path, state)
    else if (path.length >= this.maxSteps) this.cut()
    else return { state, moves, next: 0 }
    return { state, moves: [], next: 0 }
  }

  private cut(): void {
    this.reason = `a schedule of more than ${this.maxSteps} steps was cut`
  }

  private end(run: StateRun, path: readonly number[], state: number): void {
    const left = this.maxSteps - path.length
    const tail = run.finish((path.at(-1) ?? -1) >> 4, left)
    if (tail.length === left) this.cut()
    this.steps += tail.length
    const schedule = [...path, ...tail]
    this.note(run.machine, schedule)
    this.ends++
    this.options.onEnd?.(run.machine, schedule)
    this.graph.expanded[state] = true
  }

  private note(machine: Machine, moves: readonly number[]): void {
    this.plain ||= machine.plain
    for (const finding of machine.findings)
      if (finding.kind !== 'data-race') this.record({ finding, moves: [...moves], cycle: [] })
    for (const [label, reached] of sometimesOf(machine))
      this.sometimes.set(label, reached || this.sometimes.get(label) === true)
  }

  private record(found: StateFinding): void {
    const key = `${found.finding.kind}\n${found.finding.title}`
    if (!this.found.has(key)) this.found.set(key, found)
  }
}
