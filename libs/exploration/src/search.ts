/**
 * Optimal exploration by re-execution, over stacks of frames: one run of each equivalence class of happens-before (event_log.ts).
 *
 * The schedules form a tree. Its root is the default schedule (order.ts, pick.ts). Each other node is made from its parent by
 * reversing races of one event `f` (reversal.ts), and goes on by the default schedule. A node has one parent, so no memory of
 * what was run is needed:
 *  1. only what the default schedule added is taken away by a reversal, and only events that it added are moved;
 *  2. what is moved, and what it is moved before, conflict as they are in the new schedule, and nothing is kept in vain;
 *  3. of two independent events that are moved before the same one, it is decided which is moved first (precedence.ts).
 * docs/decisions/0010-optimal-exploration.md has the argument, and what checks it.
 */
import { CellIds, OrderedCounts } from '@bottom-half/kernel-model'
import { Asleep } from './asleep.ts'
import { type Branch, skips } from './branch.ts'
import { demandMore, demandRaces, demandTurned, demandWait, demandWaits, turnsTo } from './demands.ts'
import { belongsHere } from './belongs_here.ts'
import { followsElsewhere, keepsOff } from './elsewhere.ts'
import { type Action, ARRIVAL, CHOICE, type Detached, type Event, type Origin } from './event.ts'
import type { EventLog } from './event_log.ts'
import { demandFollowed, wasOf } from './followers.ts'
import { pick, type Pick } from './pick.ts'
import type { Program } from './program.ts'
import { type Alternatives, noteDone, otherWays, type Racer, racer, takeNext, type Task } from './racer.ts'
import { rearrange } from './rearrange.ts'
import { commonPrefix, firstTaken, mayTakeAway, type Reversal } from './reversal.ts'
import { Runner } from './runner.ts'
import { arriving, timesOut, waysOf } from './waits.ts'

/** What became of a run: `blocked` if it only repeats what is explored elsewhere. */
export type Ending = 'complete' | 'blocked' | 'endless'

const DEFAULT: Origin = {}

export class Search {
  readonly runner: Runner
  readonly log: EventLog
  /** Per event: what is left to try there, once all that follows it is done. */
  readonly tasks: (Task[] | null)[] = []
  /** What is left to try at the present end of the schedule; of the branches below too. */
  readonly active: Task[] = []
  readonly branches: Branch[] = []
  private readonly asleep = new Asleep()
  /** How long the schedule was when it began to be extended. */
  private floor = 0
  /** Is the present run one that repeats what is explored elsewhere? */
  private repeats = false
  private readonly maxSteps: number
  private readonly moves: number[] = []

  /**
   * @param ordered counts of references whose gets and puts are dependent, to which others may be added: then OrderMatters is thrown
   * @param cellIds of the searches that this one is a part of
   */
  constructor(program: Program, maxSteps: number, ordered: OrderedCounts, cellIds = new CellIds()) {
    this.maxSteps = maxSteps
    this.runner = new Runner(program, cellIds, ordered)
    this.log = this.runner.log
  }

  /** Runs the default schedule. To be called once, first. */
  first(): Ending {
    return this.extend() as Ending
  }

  /** Runs the next schedule; null if there is none. */
  next(): Ending | null {
    for (;;) {
      const branch = this.branches.at(-1)
      if (this.active.length > (branch?.height ?? 0)) {
        const task = this.active.at(-1)!
        const ending = 'todo' in task ? this.race(task) : this.alternative(task)
        if (ending !== null) return ending
        continue
      }
      const last = this.log.events.length - 1
      if (last < 0) return null
      if (branch !== undefined && branch.base === last) this.leave(branch)
      else {
        const tasks = this.tasks.pop()!
        this.log.truncate(last)
        if (tasks !== null) this.active.push(...tasks)
      }
    }
  }

  /** May there be another schedule? */
  hasMore(): boolean {
    return this.active.length > 0 || this.branches.length > 0 || this.tasks.some((tasks) => tasks !== null)
  }

  private leave({ cut, events, tasks, again }: Branch): void {
    this.branches.pop()
    this.restore(cut, events, tasks)
    const task = this.active.at(-1)!
    if ('todo' in task) for (const turned of again) demandTurned(this.log, task, turned)
  }

  private restore(cut: number, events: Detached, tasks: (Task[] | null)[]): void {
    this.log.truncate(cut)
    this.log.attach(events)
    this.tasks.length = cut
    this.tasks.push(...tasks)
  }

  /** Goes on by the default schedule to the end. Null if all of the newest branch is explored elsewhere. */
  private extend(): Ending | null {
    const { log, runner } = this
    this.asleep.clear()
    this.floor = log.events.length
    this.repeats = log.events.some(({ repeated }) => repeated)
    for (;;) {
      const { machine } = runner
      if (machine.steps > this.maxSteps) return 'endless'
      const handler = arriving(log, machine)
      if (handler >= 0) {
        if (this.arrive(handler)) continue
        return null
      }
      const count = machine.movesInto(this.moves)
      if (count === 0 || machine.teardown) break
      const next = pick(log, machine, this.moves, count, this.asleep)
      if (next === null) this.repeat(count)
      else if (!this.take(next, count)) return null
    }
    runner.checkOrder()
    this.active.push(...demandWaits(log, runner.machine))
    return this.repeats ? 'blocked' : 'complete'
  }

  /** All that could follow is explored elsewhere. Goes on all the same: what it has to wait for here may race with what is open. */
  private repeat(count: number): void {
    const { log, runner, moves } = this
    this.repeats = true
    this.asleep.clear()
    this.take(pick(log, runner.machine, moves, count, this.asleep)!, count)
    log.events.at(-1)!.repeated = true
  }

  /** Adds an arrival, which cannot be passed over. False if all of the newest branch is explored elsewhere. */
  private arrive(handler: number): boolean {
    const { log, branches } = this
    this.advance(handler, ARRIVAL, [], DEFAULT)
    const event = log.events.at(-1)!
    if (this.repeats || !followsElsewhere(log, branches, event)) {
      this.asleep.wake(event, log.events.length - 1)
      return true
    }
    // What was moved before another arrival may be there for that one, which is then to be moved before this one.
    if (this.isFirst() && branches.at(-1)!.skipped?.outcome !== ARRIVAL) {
      this.takeBack(log.events.length - 1)
      return false
    }
    if (this.passOverHandler(event)) return true
    this.repeats = true
    event.repeated = true
    return true
  }

  /** Is the newest event the first one after what the newest branch moved? */
  private isFirst(): boolean {
    return this.branches.at(-1)!.base === this.log.events.length - 2
  }

  /** Takes the event that the default schedule has next, unless what follows is explored elsewhere. False if all of the newest branch is. */
  private take({ frame, outcome, key }: Pick, count: number): boolean {
    const { log, runner, moves } = this
    const { machine } = runner
    const { id } = log.frames[frame]!
    if (timesOut(machine, frame << 4)) {
      const others = moves.slice(0, count).filter((move) => move >> 4 !== frame)
      const actions = others.map((move): Action => ({ id: log.frames[move >> 4]!.id, outcome: move & 15 }))
      const tasks = [{ actions, timeout: true }, ...demandWaits(log, machine)]
      this.advance(frame, outcome, tasks, { timeout: true, key })
    } else {
      const ways = waysOf(log, machine.frames[frame]!)
      if (ways > 0) this.advance(frame, CHOICE, [otherWays(id, ways)], { key })
      this.advance(frame, ways > 0 ? 0 : outcome, [], { key })
    }
    const event = log.events.at(-1)!
    if (this.repeats || !followsElsewhere(log, this.branches, event)) {
      this.asleep.wake(event, log.events.length - 1)
      return true
    }
    if (this.isFirst() && skips(this.branches.at(-1)!, event)) {
      this.takeBack(log.events.length - 1)
      return false
    }
    if (!this.passOverHandler(event)) this.passOver(log.events.length - 1, event)
    return true
  }

  private takeBack(from: number): void {
    this.tasks.length = from
    this.log.truncate(from)
  }

  /** Passes over the event at this position, and takes back what came since. */
  private passOver(from: number, reason: Event): void {
    this.asleep.add(this.log.events[from]!, reason, from)
    this.takeBack(from)
    this.runner.replay(from)
  }

  /** Passes over the handler of an event, if that has to come before what it keeps off, and that is explored elsewhere. */
  private passOverHandler(event: Event): boolean {
    const from = keepsOff(this.log, this.branches, event)
    if (from < this.floor) return false
    this.passOver(from, event)
    return true
  }

  /** Adds an event that the default schedule takes, and notes what it could have come before. `tasks`: what else is to be tried there. */
  private advance(frame: number, outcome: number, tasks: Task[], origin: Origin): void {
    const { log, runner } = this
    const event = runner.record(frame, outcome, origin)
    if (!event.timeout && event.conflicts.length > 0) {
      const owner = racer(event, event)
      demandRaces(log, log.events.length - 1, owner)
      demandFollowed(log, this.branches, log.events.length - 1, owner)
      if (owner.todo.length > 0) tasks.push(owner)
    }
    this.tasks.push(tasks.length > 0 ? tasks : null)
  }

  private alternative({ actions, timeout }: Alternatives): Ending | null {
    this.active.pop()
    const [action, ...others] = actions
    if (action === undefined) return null
    this.runner.replay(this.log.events.length)
    const tasks = others.length > 0 ? [{ actions: others, timeout }] : []
    const frame = this.log.frameOf(action.id)
    this.advance(frame, action.outcome, tasks, { timeout })
    if (action.outcome >= CHOICE) this.advance(frame, action.outcome - CHOICE, [], DEFAULT)
    return this.extend()
  }

  private race(task: Racer): Ending | null {
    const reversal = takeNext(task)
    if (reversal === undefined) {
      this.active.pop()
      return null
    }
    if (mayTakeAway(this.log.events, reversal)) return this.attempt(task, reversal)
    if (!reversal.all) demandMore(this.log, task, reversal)
    return null
  }

  /** Runs a reversal, and explores what follows if it is one that is to be explored here. */
  private attempt(task: Racer, reversal: Reversal): Ending | null {
    const { log, runner } = this
    const before = log.events.slice()
    const skipped = firstTaken(before, reversal)
    const cut = commonPrefix(before, reversal)
    const tasks = this.tasks.slice(cut)
    const events = log.detach(cut)
    this.tasks.length = cut
    runner.replay(cut)
    const result = rearrange(runner, task.f.outcome, reversal, before, cut)
    const plain = reversal.ended.length === 0
    if (result.is === 'done' && plain) noteDone(task, reversal)
    if (result.is === 'done' && belongsHere(log, this.branches, result, task, reversal, skipped)) {
      if (!plain) noteDone(task, reversal)
      const again = turnsTo(log, before, reversal, result)
      while (this.tasks.length < log.events.length) this.tasks.push(null)
      const base = log.events.length - 1
      const { at, followers } = reversal
      this.branches.push({
        at,
        skipped,
        before,
        g: result.f,
        was: wasOf(task.was, result.f, before, reversal),
        followers,
        base,
        cut,
        events,
        tasks,
        again,
        height: this.active.length,
      })
      return this.extend()
    }
    if (result.is === 'waiting') demandWait(log, runner.machine, result.frame, task, result.held, reversal)
    const again = result.is === 'done' && !plain ? turnsTo(log, before, reversal, result) : []
    this.restore(cut, events, tasks)
    for (const turned of again) demandTurned(log, task, turned)
    if (result.is !== 'changed') return null
    demandTurned(log, task, result)
    if (result.met.length > 0) demandTurned(log, task, { ...result, from: [...result.from, ...result.met] })
    return null
  }
}
