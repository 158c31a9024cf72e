/**
 * Is what exploreStates() takes for one state one state? Explores without merging, breadth first, and compares: of two schedules
 * into states with one fingerprint, the same moves must be possible, and each must lead to the same next fingerprint and find the same.
 * Then the fingerprint is a bisimulation (Park 1981; Milner 1989), and equal states have equal futures, as far as was looked. Finds a
 * `live` that leaves out what the path still depends on, and shared state that neither a word nor addState() holds.
 */
import type { Machine } from '@bottom-half/kernel-model'
import { sometimesOf } from '@bottom-half/kernel-model'
import { MOST_STEPS } from '../bounds.ts'
import type { Program } from '../program.ts'
import { type Lanes, Numbering } from './hash.ts'
import { StateRun } from './state_run.ts'

export interface DeclarationOptions {
  /** The most prefixes of schedules to be looked at; 20 000 unless said. */
  readonly most?: number
  /** What else has to be equal in equal states without a move. */
  readonly endState?: (machine: Machine) => string
}

export interface DeclarationCheck {
  /** Prefixes of schedules that were compared. */
  readonly prefixes: number
  /** Distinct fingerprints among them. */
  readonly states: number
  /** True if these were all prefixes of all schedules. */
  readonly complete: boolean
  /** Null if equal fingerprints had equal futures. */
  readonly difference: Difference | null
}

/** Two schedules into states with one fingerprint, after which the program goes on differently. */
export interface Difference {
  readonly schedules: readonly [readonly number[], readonly number[]]
  readonly what: string
}

/** What one move from a state leads to. */
interface Outcome {
  readonly to: string
  /** Findings and labels that it added. */
  readonly shows: ReadonlySet<string>
}

/** A prefix with all that can follow it directly. */
interface Expanded {
  readonly schedule: readonly number[]
  /** Shown on the way here. */
  readonly before: ReadonlySet<string>
  readonly outcomes: ReadonlyMap<number, Outcome>
}

/** The label of what comes after quiescence. */
const END = -1
const keyOf = (state: Lanes): string => `${state.a},${state.b}`

/** Compares the futures of equal states; stops at the first difference. */
export function checkDeclarations(program: Program, options: DeclarationOptions = {}): DeclarationCheck {
  return new Check(program, options).run()
}

class Check {
  private readonly program: Program
  private readonly options: DeclarationOptions
  private readonly numbering = new Numbering()
  private readonly first = new Map<string, Expanded>()
  private readonly queue: (readonly number[])[] = [[]]

  constructor(program: Program, options: DeclarationOptions) {
    this.program = program
    this.options = options
  }

  run(): DeclarationCheck {
    const most = this.options.most ?? 20_000
    let prefixes = 0
    let difference: Difference | null = null
    for (const schedule of this.queue) {
      if (prefixes === most || difference !== null) break
      prefixes++
      difference = this.look(schedule)
    }
    const complete = difference === null && prefixes === this.queue.length
    return { prefixes, states: this.first.size, complete, difference }
  }

  private after(schedule: readonly number[]): StateRun {
    return new StateRun(this.program, this.numbering).replay(schedule)
  }

  /** Expands a prefix, and compares it with the first one into the same state. */
  private look(schedule: readonly number[]): Difference | null {
    const run = this.after(schedule)
    const key = keyOf(run.state())
    const expanded = this.expand(run, schedule)
    const known = this.first.get(key)
    if (known === undefined) this.first.set(key, expanded)
    const what = known === undefined ? null : differenceOf(known, expanded)
    return what === null ? null : { schedules: [known!.schedule, schedule], what }
  }

  private expand(run: StateRun, schedule: readonly number[]): Expanded {
    const before = shown(run.machine)
    const moves = run.moves()
    const outcomes = new Map<number, Outcome>()
    if (moves.length === 0 || run.machine.teardown)
      return { schedule, before, outcomes: outcomes.set(END, this.end(run, schedule, before)) }
    for (const move of moves) {
      const next = [...schedule, move]
      const then = this.after(schedule)
      const label = then.labelOf(move)
      then.perform(move)
      outcomes.set(label, { to: keyOf(then.state()), shows: added(then.machine, before) })
      this.queue.push(next)
    }
    return { schedule, before, outcomes }
  }

  /** Quiescence: what follows has one order. */
  private end(run: StateRun, schedule: readonly number[], before: ReadonlySet<string>): Outcome {
    run.finish((schedule.at(-1) ?? -1) >> 4, MOST_STEPS)
    return { to: this.options.endState?.(run.machine) ?? '', shows: added(run.machine, before) }
  }
}

/** What a schedule showed so far. Data races belong to schedules, not to states. */
function shown(machine: Machine): Set<string> {
  const out = new Set<string>()
  for (const { kind, title } of machine.findings) if (kind !== 'data-race') out.add(`${kind}: ${title}`)
  for (const [label, reached] of sometimesOf(machine)) if (reached) out.add(`reached: ${label}`)
  return out
}

const without = (set: ReadonlySet<string>, ...others: readonly ReadonlySet<string>[]): Set<string> =>
  new Set([...set].filter((item) => !others.some((other) => other.has(item))))

const added = (machine: Machine, before: ReadonlySet<string>): Set<string> => without(shown(machine), before)

/** What the second prefix does otherwise than the first; null for nothing. */
function differenceOf(a: Expanded, b: Expanded): string | null {
  for (const [label, outcome] of a.outcomes) {
    const other = b.outcomes.get(label)
    if (other === undefined) return 'a move that is possible after the first is not possible after the second'
    if (outcome.to !== other.to) return 'the same move leads to different states'
    const missing = [
      ...without(outcome.shows, other.shows, b.before),
      ...without(other.shows, outcome.shows, a.before),
    ]
    if (missing.length > 0) return `only one of them shows ${missing.join(', ')}`
  }
  return b.outcomes.size === a.outcomes.size ? null : 'a move is possible after the second only'
}
