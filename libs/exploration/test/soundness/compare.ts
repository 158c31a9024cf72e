/** Brute force against the reduced exploration and the explorer of states, on one program. */
import { type Finding, type Machine, OrderedCounts } from '@bottom-half/kernel-model'
import { enumerateSchedules } from '../../src/enumerate.ts'
import { explore } from '../../src/explore.ts'
import type { Program } from '../../src/program.ts'
import { exploreStates } from '../../src/states/explore_states.ts'
import { endStates } from '../random/program.ts'

/** What can be wrong. */
export type Violation =
  | 'brute force throws'
  | 'one class has two end states'
  | 'class lost'
  | 'class invented'
  | 'end state differs'
  | 'finding lost'
  | 'finding invented'
  | 'finding without its schedule'
  | 'counts differ'
  | 'not exhausted'
  | 'throws'
  | 'states: end lost'
  | 'states: end invented'
  | 'states: finding lost'
  | 'states: finding invented'
  | 'states: finding without its schedule'
  | 'states: not exhausted'
  | 'states: throws'

export interface Comparison {
  readonly schedules: number
  readonly classes: number
  readonly executions: number
  /** Executions of a class that was run before. */
  readonly redundant: number
  /** Runs that came to what is explored elsewhere. */
  readonly blocked: number
  readonly states: number
  readonly violations: readonly Violation[]
  /** What was thrown, or why the exploration ended. */
  readonly detail: string
}

/** What a way of exploring saw: for each equivalence class its end state and how often it was run, and all findings. */
class Seen {
  readonly classes = new Map<number, string>()
  readonly ends = new Set<string>()
  readonly findings = new Set<string>()
  runs = 0
  inconsistent = false

  note(machine: Machine, fingerprint: number): void {
    this.runs++
    const state = endStates.get(machine)!()
    const before = this.classes.get(fingerprint)
    if (before === undefined) this.classes.set(fingerprint, state)
    else if (before !== state) this.inconsistent = true
    this.ends.add(state)
    for (const { kind, title } of machine.findings) this.findings.add(`${kind}: ${title}`)
  }
}

/** What is compared with brute force. */
export interface Explorers {
  readonly explore: typeof explore
  readonly exploreStates: typeof exploreStates
}

const NOT_RUN = { classes: 0, executions: 0, redundant: 0, blocked: 0 }

const OURS: Explorers = { explore, exploreStates }

function lacks<T>(all: Iterable<T>, has: { has(key: T): boolean }): boolean {
  for (const each of all) if (!has.has(each)) return true
  return false
}

/**
 * The explorer of states gives end states, and findings other than data races; the reduction all there is.
 * @param most a program for which `enumerate` has more runs than this is passed over: null
 */
export function compare(
  program: Program,
  most: number,
  explorers: Explorers = OURS,
  enumerate: typeof enumerateSchedules = enumerateSchedules,
): Comparison | null {
  const all = new Seen()
  try {
    const schedules = enumerate(program, most, (machine, _moves, fp) => all.note(machine, fp))
    return schedules < 0 ? null : new Judge(program, all, explorers, enumerate).judge()
  } catch (error) {
    const counts = { schedules: all.runs, ...NOT_RUN, classes: all.classes.size, states: 0 }
    return { ...counts, violations: ['brute force throws'], detail: (error as Error).message }
  }
}

/** Compares both explorers with what brute force saw. */
class Judge {
  private readonly violations = new Set<Violation>()
  private readonly details: string[] = []
  private readonly program: Program
  private readonly all: Seen
  private readonly explorers: Explorers
  private readonly enumerate: typeof enumerateSchedules

  constructor(program: Program, all: Seen, explorers: Explorers, enumerate: typeof enumerateSchedules) {
    this.program = program
    this.all = all
    this.explorers = explorers
    this.enumerate = enumerate
  }

  judge(): Comparison {
    const { all, violations, details } = this
    const reduced = this.guarded('throws', NOT_RUN, () => this.reduced())
    const states = this.guarded('states: throws', 0, () => this.states())
    const detail = details.join('; ')
    return { schedules: all.runs, ...reduced, states, violations: [...violations], detail }
  }

  /** What brute force sees if gets and puts are in order only where the exploration says that it matters. */
  private withoutOrder(orderedCounts: readonly string[]): Seen {
    const { program, all } = this
    const ordered = new OrderedCounts(orderedCounts)
    if (program.boot({ tracing: false }).references.every((count) => ordered.has(count))) return all
    const seen = new Seen()
    this.enumerate(program, Infinity, (machine, _moves, fp) => seen.note(machine, fp), orderedCounts)
    return seen
  }

  /** Notes the violation, and gives `none`, if the explorer throws. */
  private guarded<T>(violation: Violation, none: T, explorer: () => T): T {
    try {
      return explorer()
    } catch (error) {
      this.fail(violation, (error as Error).message)
      return none
    }
  }

  private fail(violation: Violation, detail = ''): void {
    this.violations.add(violation)
    if (detail !== '') this.details.push(detail)
  }

  private reduced(): typeof NOT_RUN {
    let seen = new Seen()
    const { executions, redundant, blocked, exhausted, reason, findings, orderedCounts } =
      this.explorers.explore(this.program, {
        onSchedule: (machine, _moves, fp) => seen.note(machine, fp),
        maxExecutions: 4 * this.all.runs + 10,
        onRestart: () => (seen = new Seen()),
      })
    const all = this.withoutOrder(orderedCounts)
    if (all.inconsistent || this.all.inconsistent) this.fail('one class has two end states')
    if (lacks(all.findings, this.all.findings) || lacks(this.all.findings, all.findings))
      this.fail('one class has two end states', 'findings depend on the order of gets and puts')
    if (!exhausted) this.fail('not exhausted', reason ?? '')
    if (executions !== seen.runs || redundant !== seen.runs - seen.classes.size) this.fail('counts differ')
    if (lacks(all.classes.keys(), seen.classes)) this.fail('class lost')
    if (lacks(seen.classes.keys(), all.classes)) this.fail('class invented')
    for (const [fp, state] of seen.classes)
      if (all.classes.has(fp) && all.classes.get(fp) !== state) this.fail('end state differs')
    const found = new Set(findings.map(titleOf))
    if (lacks(all.findings, seen.findings) || lacks(all.findings, found)) this.fail('finding lost')
    if (lacks(seen.findings, all.findings) || lacks(found, all.findings)) this.fail('finding invented')
    if (findings.some((each) => !this.shows(each))) this.fail('finding without its schedule')
    return { classes: all.classes.size, executions, redundant, blocked }
  }

  private states(): number {
    const { all } = this
    const ends = new Set<string>()
    const { findings, states, exhausted, reason } = this.explorers.exploreStates(this.program, {
      onEnd: (machine) => ends.add(endStates.get(machine)!()),
    })
    const judged = (title: string): boolean => !title.startsWith('data-race')
    const found = new Set(findings.map(titleOf))
    if (!exhausted) this.fail('states: not exhausted', reason ?? '')
    if (lacks(all.ends, ends)) this.fail('states: end lost')
    if (lacks(ends, all.ends)) this.fail('states: end invented')
    if (lacks([...all.findings].filter(judged), found)) this.fail('states: finding lost')
    if (lacks([...found].filter(judged), all.findings)) this.fail('states: finding invented')
    if (findings.some((each) => !this.shows(each))) this.fail('states: finding without its schedule')
    return states
  }

  /** Does the schedule that comes with a finding show it? */
  private shows({ finding, moves }: Shown): boolean {
    const machine = this.program.boot({ tracing: false })
    for (const move of moves) machine.perform(move)
    // What is judged at rest is found by asking for a move.
    machine.moves()
    return machine.findings.some(({ kind, title }) => kind === finding.kind && title === finding.title)
  }
}

interface Shown {
  readonly finding: Finding
  readonly moves: readonly number[]
}

function titleOf({ finding }: Shown): string {
  return `${finding.kind}: ${finding.title}`
}
