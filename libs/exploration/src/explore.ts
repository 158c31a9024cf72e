/**
 * Exhaustive exploration by re-execution: source-DPOR with sleep sets (Abdulla, Aronis, Jonsson, Sagonas, POPL'14, JACM'17)
 * over stacks of frames. One schedule, at least, of each equivalence class of happens-before (event_log.ts) is run.
 *
 * Sleep sets are kept across CPUs only: a move of a CPU wakes whatever slept on that CPU, since entering a handler before
 * and after it are different moves even where their steps commute. This costs redundant runs, never a class.
 */
import type { Finding, Machine } from '@bottom-half/kernel-model'
import { EventLog } from './event_log.ts'
import type { Program } from './program.ts'
import { racesAtRest, racesOf, racesOfPendingWait } from './races.ts'
import type { Reversal } from './reversal.ts'
import { plainChoice } from './schedule.ts'

export interface ExploreOptions {
  /** The most runs; reaching it makes the exploration inconclusive. */
  readonly maxExecutions?: number
  /** The most steps of one run: more is taken for a livelock and reported as budget exhausted. */
  readonly maxSteps?: number
  /** Called with each complete run; the machine is at its end. */
  readonly onSchedule?: (machine: Machine, moves: () => number[], fingerprint: string) => void
  /** Called now and then with the number of runs so far. */
  readonly onProgress?: (executions: number) => void
  /** Asked after each run: true ends the exploration, which is then not exhausted. */
  readonly stop?: () => boolean
}

export interface Exploration {
  /** Complete runs. */
  readonly executions: number
  /** Distinct equivalence classes among them. */
  readonly classes: number
  /** Runs that were cut short since all their continuations had been covered. */
  readonly blocked: number
  /** Steps performed, replays of prefixes included. */
  readonly steps: number
  /** The most steps of one run. */
  readonly longest: number
  /** Runs that a fatal finding ended. */
  readonly stopped: number
  /** True if every equivalence class was covered. */
  readonly exhausted: boolean
  /** Why not, if not. */
  readonly reason: string | null
  readonly findings: readonly FoundFinding[]
}

/** A finding with a schedule that shows it. */
export interface FoundFinding {
  readonly finding: Finding
  readonly moves: readonly number[]
  /** In how many equivalence classes it shows. */
  schedules: number
}

interface Sleeper {
  readonly move: number
  readonly frame: number
  readonly cpu: number
  readonly touched: readonly number[]
}

/** One point of the present schedule. */
interface Node {
  readonly moves: readonly number[]
  readonly sleep: Sleeper[]
  /** Moves to be tried here; grows while the subtree is explored. */
  readonly backtrack: number[]
  readonly done: number[]
  chosen: number
}

const dependent = (a: readonly number[], b: readonly number[]): boolean =>
  a.some((x) => b.some((y) => x >> 2 === y >> 2 && ((x | y) & 1) !== 0))

export function explore(program: Program, options: ExploreOptions = {}): Exploration {
  return new Explorer(program, options).run()
}

class Explorer {
  private readonly log = new EventLog()
  private readonly nodes: Node[] = []
  private readonly classes = new Set<string>()
  private readonly found = new Map<string, FoundFinding>()
  /** In how many steps the schedule of each finding departs from the plain one. */
  private readonly departures = new Map<string, number>()
  private readonly program: Program
  private readonly options: ExploreOptions
  private readonly maxSteps: number
  private executions = 0
  private blocked = 0
  private steps = 0
  private longest = 0
  private stopped = 0

  constructor(program: Program, options: ExploreOptions) {
    this.program = program
    this.options = options
    this.maxSteps = options.maxSteps ?? 5000
  }

  run(): Exploration {
    const most = this.options.maxExecutions ?? Infinity
    let reason: string | null = null
    do {
      if (this.executions >= most) {
        reason = `the budget of ${most} schedules ended`
        break
      }
      if (this.options.stop?.() === true) {
        reason = 'interrupted'
        break
      }
      if (!this.runOnce()) {
        reason = `a schedule did not end within ${this.maxSteps} steps`
        break
      }
      if (((this.executions + this.blocked) & 255) === 0) this.options.onProgress?.(this.executions)
    } while (this.backtrack())
    return {
      executions: this.executions,
      classes: this.classes.size,
      blocked: this.blocked,
      steps: this.steps,
      longest: this.longest,
      stopped: this.stopped,
      exhausted: reason === null,
      reason,
      findings: [...this.found.values()],
    }
  }

  /** Runs one schedule: the present prefix, then new moves to the end. False if it does not end. */
  private runOnce(): boolean {
    const machine = this.program.boot({ tracing: false })
    if (this.log.frames.length === 0) this.log.register(machine, -1)
    this.replay(machine)
    for (let depth = this.log.events.length; machine.steps <= this.maxSteps; depth++) {
      const moves = machine.moves()
      if (moves.length === 0 || machine.teardown) {
        this.rest(machine)
        this.endOf(machine)
        this.finish(machine)
        return machine.steps <= this.maxSteps
      }
      if (!this.extend(machine, moves, depth)) return true
      this.steps++
    }
    return false
  }

  /** Takes the moves of the present prefix again, of which everything is known. */
  private replay(machine: Machine): void {
    machine.footprint.recording = false
    for (let depth = 0; depth < this.log.events.length; depth++) machine.perform(this.nodes[depth]!.chosen)
    this.steps += this.log.events.length
    machine.footprint.recording = true
  }

  /** What follows quiescence is run in one order only. */
  private endOf(machine: Machine): void {
    machine.footprint.recording = false
    let frame = machine.frames[this.log.events.at(-1)?.frame ?? 0]!
    while (machine.steps <= this.maxSteps) {
      let move = frame.index << 4
      if (!machine.canStep(frame)) {
        const moves = machine.moves()
        if (moves.length === 0) return
        move = moves[plainChoice(moves, frame.index)]!
        frame = machine.frames[move >> 4]!
      }
      machine.perform(move)
      this.steps++
    }
  }

  /** Nothing more moves by itself: finds the races of what waits in vain. */
  private rest(machine: Machine): void {
    for (const reversal of racesAtRest(this.log, machine)) this.demand(reversal)
    // A handler that never ends keeps its CPU: whatever else that CPU could have done first is another schedule.
    for (const cpu of machine.cpus) {
      for (const handler of cpu.stack) {
        const node = this.nodes[this.log.frames[handler.index]!.events[0]!]!
        for (const move of node.moves)
          if (machine.frames[move >> 4]!.cpu === cpu && !node.backtrack.includes(move))
            node.backtrack.push(move)
      }
    }
  }

  /** Takes a move that is new here; false if all that is possible sleeps. */
  private extend(machine: Machine, moves: readonly number[], depth: number): boolean {
    this.log.register(machine, depth - 1)
    let node = this.nodes[depth]
    if (node === undefined) {
      node = this.open(machine, moves, depth)
      if (node.chosen < 0) {
        this.blocked++
        return false
      }
      this.nodes.push(node)
    }
    machine.perform(node.chosen)
    const event = this.log.push(machine, node.chosen)
    for (const reversal of racesOf(this.log)) this.demand(reversal)
    const next = machine.frames[event.frame]!.next
    if (event.level > 0 && next !== null && next.ready !== null)
      for (const reversal of racesOfPendingWait(this.log, event.frame)) this.demand(reversal)
    return true
  }

  /** A new point: which moves sleep, and what to do first. */
  private open(machine: Machine, moves: readonly number[], depth: number): Node {
    const sleep = depth === 0 ? [] : this.sleepAfter(depth - 1)
    const awake = moves.filter((m) => !sleep.some((s) => s.move === m))
    const last = this.log.events.at(-1)?.frame
    const chosen = awake.find((m) => m >> 4 === last) ?? awake[0] ?? -1
    // Timeouts come where nothing else can move, and the first one sets the others free: each is another schedule.
    const timeouts = moves.every((m) => machine.frames[m >> 4]!.next?.lastResort === true)
    const backtrack = timeouts ? [...moves] : moves.filter((m) => m >> 4 === chosen >> 4)
    return { moves, sleep, backtrack, done: [], chosen }
  }

  /** What still sleeps after the event that was chosen at `depth`. */
  private sleepAfter(depth: number): Sleeper[] {
    const event = this.log.events[depth]!
    return this.nodes[depth]!.sleep.filter((s) => s.cpu !== event.cpu && !dependent(s.touched, event.touched))
  }

  private demand({ at, initials }: Reversal): void {
    const node = this.nodes[at]!
    const covered = initials.some(({ frame }) => node.backtrack.some((m) => m >> 4 === frame))
    if (covered) return
    const possible = initials.find(({ frame }) => node.moves.some((m) => m >> 4 === frame))
    if (possible === undefined) return
    for (const move of node.moves) if (move >> 4 === possible.frame) node.backtrack.push(move)
  }

  private finish(machine: Machine): void {
    this.executions++
    this.longest = Math.max(this.longest, machine.steps)
    if (machine.halted) this.stopped++
    const fingerprint = this.log.classHash()
    const moves = (): number[] => this.log.events.map((e) => e.move)
    if (!this.classes.has(fingerprint)) for (const finding of machine.findings) this.note(finding, moves)
    this.classes.add(fingerprint)
    this.options.onSchedule?.(machine, moves, fingerprint)
  }

  /** Counts a finding, and keeps the schedule that departs least from the plain one. */
  private note(finding: Finding, moves: () => number[]): void {
    const key = `${finding.kind}\n${finding.title}`
    const found = this.found.get(key)
    const deviations = this.nodes.filter(
      (node, depth) =>
        node.chosen !== node.moves[plainChoice(node.moves, this.log.events[depth - 1]?.frame ?? -1)],
    ).length
    const schedules = (found?.schedules ?? 0) + 1
    if (found !== undefined && this.departures.get(key)! <= deviations) found.schedules = schedules
    else {
      this.found.set(key, { finding, moves: moves(), schedules })
      this.departures.set(key, deviations)
    }
  }

  /** Goes to the deepest point with something left to try; false if there is none. */
  private backtrack(): boolean {
    while (this.nodes.length > 0) {
      const depth = this.nodes.length - 1
      const node = this.nodes[depth]!
      const event = this.log.events[depth]!
      node.done.push(node.chosen)
      node.sleep.push({ move: node.chosen, frame: event.frame, cpu: event.cpu, touched: event.touched })
      this.log.truncate(depth)
      const next = node.backtrack.find((m) => !node.done.includes(m) && !node.sleep.some((s) => s.move === m))
      if (next !== undefined) {
        node.chosen = next
        return true
      }
      this.nodes.pop()
    }
    return false
  }
}
