/** An exploration that can be left between any two runs, and gone on with: here, later, or elsewhere. */
import { type Machine, OrderedCounts } from '@bottom-half/kernel-model'
import { type Part, partsOf, searchOf } from './frontier.ts'
import type { Program } from './program.ts'
import { OrderMatters } from './references.ts'
import { type Ending, Search } from './search.ts'
import { sharesOf } from './share.ts'
import { type PlainTotals, type Teller, Totals } from './totals.ts'

/** An exploration between two runs, as plain data. */
export interface ExplorationState {
  /** What is left, the part that comes next last. */
  readonly parts: readonly Part[]
  readonly totals: PlainTotals
  /** Names of the counts of references whose gets and puts are dependent. */
  readonly ordered: readonly string[]
}

export interface ExploringOptions {
  readonly maxSteps: number
  readonly onSchedule?: ((machine: Machine, moves: () => number[], fingerprint: number) => void) | undefined
  readonly tally?: Teller | undefined
}

/** All of the program. */
export const WHOLE: readonly Part[] = [{ item: null, share: 1 }]

/** The share that is done is looked at after so many runs. */
const RUNS_PER_CHUNK = 256

export class Exploring {
  totals: Totals
  /** Steps of the newest run. */
  depth = 0
  private readonly program: Program
  private readonly options: ExploringOptions
  private readonly ordered: OrderedCounts
  private pending: Part[]
  private part: Part = { item: null, share: 0 }
  private search: Search | null = null
  private runs = 0
  /** What was left when the newest chunk ended. */
  private left: number

  constructor(program: Program, options: ExploringOptions, parts = WHOLE, ordered: readonly string[] = []) {
    this.program = program
    this.options = options
    this.ordered = new OrderedCounts(ordered)
    this.pending = [...parts]
    this.totals = new Totals(program)
    this.left = this.shareLeft()
  }

  /** Runs a schedule; null if there is none left. 'restarted': all of the program is left, and nothing counts that was done. */
  next(): Ending | 'restarted' | null {
    try {
      return this.run()
    } catch (error) {
      if (!(error instanceof OrderMatters)) throw error
      this.restart()
      return 'restarted'
    }
  }

  /** The counts of references whose gets and puts are dependent. */
  orderedCounts(): string[] {
    return this.ordered.names()
  }

  /** More gets and puts are dependent than was known: what was run is no part of an exploration of these classes. */
  private restart(): void {
    this.search = null
    this.pending = [...WHOLE]
    this.totals = new Totals(this.program)
    this.left = this.shareLeft()
    this.runs = 0
  }

  private run(): Ending | null {
    for (;;) {
      const ending = this.search === null ? this.begin() : this.search.next()
      if (this.search === null) return null
      if (ending !== null) return this.note(this.search, ending)
      this.count(this.search)
      this.search = null
    }
  }

  /** What is left, the part that comes next last. */
  parts(): Part[] {
    const { item, share } = this.part
    return this.search === null ? [...this.pending] : [...this.pending, ...partsOf(this.search, item, share)]
  }

  hasMore(): boolean {
    return this.parts().length > 0
  }

  state(): ExplorationState {
    this.closeChunk()
    return { parts: this.parts(), totals: this.totals.plain(), ordered: this.orderedCounts() }
  }

  private begin(): Ending | null {
    const part = this.pending.pop()
    if (part === undefined) return null
    this.part = part
    if (part.item !== null) {
      this.search = searchOf(this.program, this.options.maxSteps, this.ordered, part.item)
      return this.search.next()
    }
    this.search = new Search(this.program, this.options.maxSteps, this.ordered)
    return this.search.first()
  }

  private note(search: Search, ending: Ending): Ending {
    const complete = ending !== 'complete' || this.finish(search)
    this.count(search)
    if (!complete) return 'endless'
    if (ending === 'blocked') this.totals.counts.blocked++
    if (++this.runs >= RUNS_PER_CHUNK) this.closeChunk()
    return ending
  }

  private count({ runner }: Search): void {
    this.totals.counts.steps += runner.steps
    runner.steps = 0
  }

  /** A run is complete: what follows quiescence is run in one order only. False if it does not end. */
  private finish({ runner }: Search): boolean {
    const { maxSteps, onSchedule, tally } = this.options
    const { machine, log } = runner
    machine.footprint.recording = false
    const before = machine.steps
    let frame = machine.frames[log.events.at(-1)?.frame ?? 0]!
    while (machine.teardown && machine.steps <= maxSteps) {
      let move = frame.index << 4
      if (!machine.canStep(frame)) {
        const moves = machine.moves()
        if (moves.length === 0) break
        move = moves.find((m) => m >> 4 === frame.index) ?? moves[0]!
        frame = machine.frames[move >> 4]!
      }
      machine.perform(move)
    }
    runner.steps += machine.steps - before
    if (machine.steps > maxSteps) return false
    this.depth = machine.steps
    const moves = (): number[] => runner.schedule()
    const fingerprint = log.classHash()
    // First: to count deviations is to boot.
    onSchedule?.(machine, moves, fingerprint)
    this.totals.complete(machine, moves, fingerprint, tally)
    return true
  }

  private closeChunk(): void {
    const left = this.shareLeft()
    this.totals.estimate.add(this.runs, this.left - left)
    this.left = left
    this.runs = 0
  }

  private shareLeft(): number {
    const pending = this.pending.reduce((sum, { share }) => sum + share, 0)
    if (this.search === null) return pending
    const shares = sharesOf(this.search, this.part.item)
    return pending + this.part.share * shares.reduce((sum, each) => sum + each.reduce((a, b) => a + b, 0), 0)
  }
}
