/**
 * The verdict on a program by whichever of two explorers ends first: the optimal reduction, which runs each class of schedules
 * once, or the merging of states. Both go on in turns until they have performed equally many steps, a number that doubles from turn
 * to turn; so the verdict costs at most about four times what the better one alone takes, and no clock decides. The first turn is
 * for both, so that they confirm each other on small programs.
 *
 * When states may decide: the explorer of states performs each move from each state, so it meets each access that any schedule
 * performs. It does not judge data races, and a race needs a plain access. So if all states were reached and no access was plain,
 * there is no data race, and the verdict is complete; otherwise only the reduction decides, however long it takes.
 */
import { type Finding, LabBug } from '@bottom-half/kernel-model'
import { longestKnown, MOST_STEPS } from './bounds.ts'
import {
  endless,
  type Exploration,
  explorationOf,
  type ExploreOptions,
  overBudget,
  STOPPED,
} from './explore.ts'
import { Exploring } from './exploring.ts'
import type { Program } from './program.ts'
import { type StateExploration, StateSearch } from './states/explore_states.ts'
import { NoState } from './states/no_state.ts'

export interface DecideOptions extends Pick<
  ExploreOptions,
  'maxExecutions' | 'maxSteps' | 'onProgress' | 'stop'
> {
  /** The most states. */
  readonly maxStates?: number
  /** So many steps the reduction has in its first turn, before states may decide. Default: as many as the states. */
  readonly patience?: number
  /** Who decides: whoever ends `first`, the `reduction` alone, or `both`. Where both came to their end and differ, LabBug is thrown. */
  readonly use?: 'first' | 'reduction' | 'both'
}

/** `holds`: all was covered, and nothing was wrong. */
export type Outcome = 'holds' | 'violated' | 'inconclusive'

/** A finding with a schedule that shows it. */
export interface DecidedFinding {
  readonly finding: Finding
  readonly moves: readonly number[]
  /** For a livelock: what can follow `moves` again and again. Empty otherwise. */
  readonly cycle: readonly number[]
}

export interface Decision {
  readonly verdict: Outcome
  /** Which explorer covered all, first; null: neither. */
  readonly by: 'reduction' | 'states' | null
  /** Why neither did; null if one did. */
  readonly reason: string | null
  readonly findings: readonly DecidedFinding[]
  /** The labels of declareSometimes() that nothing reached: if all was covered, no schedule can. */
  readonly neverReached: readonly string[]
  /** `judged` by the reduction; `impossible`: no access is plain; `open`: not all was covered. */
  readonly dataRaces: 'judged' | 'impossible' | 'open'
  /** If a schedule did not end within the most steps: what the states say of it. */
  readonly endless: 'livelock' | 'only long' | 'unknown' | null
  /** What the reduction did until then. */
  readonly reduction: Exploration
  /** What the explorer of states did until then; null if it did nothing, or the states of the program cannot be named. */
  readonly states: StateExploration | null
}

/** Steps of the first turn. */
const FIRST_TURN = 20_000
/** A graph of more states takes too much memory. */
const MOST_STATES = 2_000_000
/** If the reduction ended in vain, the states may go on for so many of its steps, and for so many steps at least. */
const GOES_ON = 4
const LEAST_STATE_STEPS = 200_000

/** Explores the program until it is decided, or until the budgets end. The same program and options give the same. */
export function decide(program: Program, options: DecideOptions = {}): Decision {
  const reduction = new Reduction(program, options)
  const states = new States(program, options)
  const { use = 'first' } = options
  if (use === 'first') takeTurns(reduction, states, options)
  else reduction.advance(Infinity)
  if (use === 'both') states.advance(Infinity)
  return decisionOf(program, reduction, states, options)
}

/** Until one of the two decides, or both are over. */
function takeTurns(reduction: Reduction, states: States, { patience = 0, stop }: DecideOptions): void {
  for (let turn = FIRST_TURN; ; turn *= 2) {
    reduction.advance(Math.max(turn, patience))
    if (reduction.covered) {
      if (turn === FIRST_TURN) states.advance(turn)
      return
    }
    if (reduction.over) {
      states.advance(Math.max(LEAST_STATE_STEPS, GOES_ON * reduction.steps))
      return
    }
    if (!states.plain) states.advance(turn)
    if (states.decides || stop?.() === true) return
  }
}

function decisionOf(
  program: Program,
  reduction: Reduction,
  states: States,
  { maxSteps = MOST_STEPS }: DecideOptions,
): Decision {
  const one = reduction.result()
  const other = states.result()
  if (one.exhausted && other?.exhausted === true) compare(program, one, other)
  const by = one.exhausted ? 'reduction' : other?.exhausted === true && !other.plain ? 'states' : null
  const findings = findingsOf(one, other)
  const neverReached = neverReachedBy(one, other)
  const wrong = findings.length > 0 || (by !== null && neverReached.length > 0)
  const kind = one.reason === endless(maxSteps) ? endlessOf(other) : null
  return {
    verdict: wrong ? 'violated' : by === null ? 'inconclusive' : 'holds',
    by,
    reason: by === null ? reasonOf(one, kind) : null,
    findings,
    neverReached,
    dataRaces: by === 'reduction' ? 'judged' : by === 'states' ? 'impossible' : 'open',
    endless: kind,
    reduction: one,
    states: other,
  }
}

/** What each explorer reached counts; one that did not begin knows of no label. */
function neverReachedBy(one: Exploration, other: StateExploration | null): readonly string[] {
  if (other === null) return one.neverReached
  if (one.executions === 0) return other.neverReached.toSorted()
  return one.neverReached.filter((label) => other.neverReached.includes(label))
}

const SAID = {
  livelock: ': there is a livelock',
  'only long': ': it is only long, for a fair scheduler ends each schedule',
  unknown: ': a livelock, or only long',
} as const

function reasonOf({ reason }: Exploration, kind: Decision['endless']): string {
  return kind === null ? (reason ?? STOPPED) : `${reason}${SAID[kind]}`
}

function endlessOf(states: StateExploration | null): Decision['endless'] {
  if (states?.findings.some(({ finding }) => finding.kind === 'livelock') === true) return 'livelock'
  return states?.exhausted === true ? 'only long' : 'unknown'
}

const nameOf = ({ finding: { kind, title } }: { readonly finding: Finding }): string => `${kind}: ${title}`

function findingsOf(reduction: Exploration, states: StateExploration | null): DecidedFinding[] {
  const out: DecidedFinding[] = reduction.findings.map(({ finding, moves }) => ({
    finding,
    moves,
    cycle: [],
  }))
  const known = new Set(out.map(nameOf))
  for (const found of states?.findings ?? []) if (!known.has(nameOf(found))) out.push(found)
  return out
}

/** Both covered all. They share nothing but the machine: if one saw what the other did not, the laboratory is wrong. */
function compare(program: Program, reduction: Exploration, states: StateExploration): void {
  const seen = ({ findings, neverReached }: Exploration | StateExploration): string => {
    const names = findings.map(nameOf).filter((name) => !name.startsWith('data-race'))
    return JSON.stringify([names.toSorted(), neverReached.toSorted()])
  }
  const [one, other] = [seen(reduction), seen(states)]
  if (one !== other) throw new LabBug(`${program.name}: schedules show ${one}, states show ${other}`)
}

/** The optimal reduction, in turns. */
class Reduction {
  /** Was each class of schedules run? */
  covered = false
  private readonly exploring: Exploring
  private readonly options: DecideOptions
  private readonly maxSteps: number
  private reason: string | null = null

  constructor(program: Program, options: DecideOptions) {
    this.options = options
    this.maxSteps = options.maxSteps ?? MOST_STEPS
    this.exploring = new Exploring(program, { maxSteps: this.maxSteps })
  }

  get over(): boolean {
    return this.covered || this.reason !== null
  }

  get steps(): number {
    return this.exploring.totals.counts.steps
  }

  advance(steps: number): void {
    while (!this.over && this.steps < steps) this.run()
  }

  result(): Exploration {
    const { totals } = this.exploring
    const reason = this.covered ? null : (this.reason ?? STOPPED)
    return explorationOf(totals, reason, this.exploring.orderedCounts())
  }

  private run(): void {
    const { exploring, options } = this
    const { maxExecutions, onProgress, stop } = options
    const { executions } = exploring.totals.counts
    if (maxExecutions !== undefined && executions >= maxExecutions && exploring.hasMore()) {
      this.reason = overBudget(maxExecutions)
      return
    }
    const ending = exploring.next()
    if (ending === null) this.covered = true
    else if (ending === 'endless') this.reason = endless(this.maxSteps)
    else if (stop?.() === true) this.reason = STOPPED
    const { counts } = exploring.totals
    if (((counts.executions + counts.blocked) & 255) === 0)
      onProgress?.(counts.executions, () => ({
        depth: exploring.depth,
        estimate: exploring.totals.estimate.total(),
      }))
  }
}

/** The merging of states, in turns. */
class States {
  over = false
  private begun = false
  private named = true
  private readonly search: StateSearch
  private readonly steps: Iterator<void, void>

  constructor(program: Program, { maxStates = MOST_STATES, maxSteps = MOST_STEPS, stop }: DecideOptions) {
    const bounds = { maxStates, maxSteps: longestKnown(maxSteps) }
    this.search = new StateSearch(program, stop === undefined ? bounds : { ...bounds, stop })
    this.steps = this.search.all()
  }

  /** Was an access plain so far? Then states decide nothing. */
  get plain(): boolean {
    return this.search.plain
  }

  /** Were all states reached, and is a data race impossible? */
  get decides(): boolean {
    return this.over && this.named && this.search.exhausted && !this.plain
  }

  advance(steps: number): void {
    try {
      while (!this.over && this.search.steps < steps) {
        this.begun = true
        this.over = this.steps.next().done === true
      }
    } catch (error) {
      if (!(error instanceof NoState)) throw error
      this.named = false
      this.over = true
    }
  }

  result(): StateExploration | null {
    if (!this.begun || !this.named) return null
    if (!this.over) this.search.leave(STOPPED)
    return this.search.result()
  }
}
