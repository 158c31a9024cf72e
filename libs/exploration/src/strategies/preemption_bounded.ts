/**
 * All schedules with at most c preemptions, for c = 0, 1, 2 ..., one at least of each equivalence class that has one.
 *
 * Bounds as in "Iterative Context Bounding for Systematic Testing of Multithreaded Programs" (Musuvathi, Qadeer, PLDI'07), reduction
 * as in "Bounded Partial-Order Reduction" (Coons, Musuvathi, McKinley, OOPSLA'13). A bound makes steps dependent that are not: where
 * the search goes back to reverse a race, what has to come first there may cost one preemption too many, while the same
 * schedule with the whole block of the other CPU moved costs none. So each point to go back to brings a *conservative* one, the
 * start of the uninterrupted block that it is in, where changing the CPU costs no more than was paid there already.
 *
 * Further than the paper, since handlers are blocks of their own: all initials of a reversal are tried, not one of them, and
 * everything is tried at a point where one of them is not possible. There are no sleep sets: a move that sleeps since a
 * sibling covers it would be covered at another cost. So classes are run more than once.
 *
 * It is not the optimal search (search.ts) with a bound. That one runs each reversal as a whole, from its one parent, at whatever
 * cost; of a class within the bound, the parent may be beyond it. Both share happens-before and the reversal of races; here a
 * reversal only says where to go back to, and what can come first there.
 */
import type { Machine } from '@bottom-half/kernel-model'
import { plainChoice } from '../deviation.ts'
import { ARRIVAL, CHOICE } from '../event.ts'
import { EventLog } from '../event_log.ts'
import type { Reversal } from '../reversal.ts'
import { arriving, timesOut, waysOf } from '../waits.ts'
import { arrivalRaces } from './arrival.ts'
import { racesOf, racesOfWaiting } from './bounded_races.ts'
import { firstMoves } from './first_moves.ts'
import { Preemptions } from './preemption.ts'
import type { Strategy } from './strategy.ts'

/** One point of the present schedule. */
interface Point {
  /** How many events came before; more than moves, since the machine does nothing for some. */
  readonly events: number
  readonly moves: readonly number[]
  /** Preemptions so far. */
  readonly spent: number
  /** The frame that goes on here unless it is preempted; -1 if none can. */
  readonly current: number
  /** The moves that are preemptions here. */
  readonly preemptions: readonly number[]
  /** Moves to be tried here; grows while the subtree is explored. */
  readonly backtrack: Set<number>
  readonly done: Set<number>
  chosen: number
}

/** @param most the largest bound; it ends before, once a bound leaves nothing out */
export function preemptionBounded(most: number): PreemptionBounded {
  return new PreemptionBounded(most)
}

export class PreemptionBounded implements Strategy {
  readonly name = 'preemption-bounded'
  readonly footprints = true
  private readonly most: number
  private readonly preemptions = new Preemptions()
  private log = new EventLog()
  private points: Point[] = []
  private step = 0
  /** How many moves of the present schedule the log has. */
  private logged = 0
  private timeout = false
  private state: 'fresh' | 'running' | 'over' = 'fresh'
  private resting = false
  private leftOut = false
  private unfinished = false
  private limit = 0

  constructor(most: number) {
    this.most = most
  }

  /** The present bound: all schedules with fewer preemptions were covered. */
  get bound(): number {
    return this.limit
  }

  /** True once all schedules were covered: the bound left nothing out. */
  get covered(): boolean {
    return this.state === 'over' && !this.leftOut && !this.unfinished
  }

  begin(): boolean {
    if (this.state === 'over') return false
    if (this.state === 'running' && !this.goBack()) {
      if (!this.leftOut || this.limit >= this.most) {
        this.state = 'over'
        return false
      }
      this.limit++
      this.leftOut = false
      this.log = new EventLog()
      this.logged = 0
    }
    this.state = 'running'
    this.resting = false
    this.preemptions.reset()
    return true
  }

  choose(machine: Machine, moves: readonly number[], step: number): number {
    if (machine.teardown) {
      // What follows quiescence is run in one order only.
      this.rest(machine)
      return moves[plainChoice(moves, machine.event?.frame.index ?? -1)]!
    }
    if (this.log.frames.length === 0) this.log.register(machine, -1)
    this.step = step
    const { chosen } = (this.points[step] ??= this.open(machine, moves, step))
    if (step >= this.logged) this.announce(machine, chosen)
    return chosen
  }

  /** Notes what comes before the move that is to be performed, and is no move itself. */
  private announce(machine: Machine, move: number): void {
    this.timeout = timesOut(machine, move)
    if (this.timeout) this.demandAll(racesOfWaiting(this.log, machine))
    if (waysOf(this.log, machine.frames[move >> 4]!) > 0) this.log.pushSilent(move >> 4, CHOICE + (move & 15))
  }

  performed(machine: Machine): void {
    if (this.resting) return
    this.preemptions.performed(machine)
    if (this.step < this.logged) return
    this.logged++
    const { log, timeout } = this
    log.push(machine, this.points[this.step]!.chosen & 15, { timeout })
    if (!timeout) this.demandAll(racesOf(log))
    this.demandAll(arrivalRaces(log, machine))
    for (let h = arriving(log, machine); h >= 0; h = arriving(log, machine)) {
      log.pushSilent(h, ARRIVAL)
      this.demandAll(racesOf(log))
    }
  }

  end(machine: Machine, complete: boolean): void {
    if (complete) this.rest(machine)
    else this.unfinished = true
  }

  fingerprint(): number {
    return this.log.classHash()
  }

  /** A new point: the current frame goes on if it can. */
  private open(machine: Machine, possible: readonly number[], step: number): Point {
    const moves = [...possible]
    const before = this.points[step - 1]
    const spent =
      before === undefined ? 0 : before.spent + (before.preemptions.includes(before.chosen) ? 1 : 0)
    const current = this.preemptions.current(machine, moves)
    const chosen = moves.find((move) => move >> 4 === current) ?? moves[0]!
    // Time-outs come where nothing else can move, and the first one sets the others free: each is another schedule.
    const timeouts = moves.every((move) => timesOut(machine, move))
    return {
      events: this.log.events.length,
      moves,
      spent,
      current,
      preemptions: moves.filter((move) => this.preemptions.is(machine, moves, move)),
      backtrack: new Set(timeouts ? moves : moves.filter((m) => m >> 4 === chosen >> 4)),
      done: new Set(),
      chosen,
    }
  }

  /** Nothing more moves by itself: finds the races of what waits in vain. */
  private rest(machine: Machine): void {
    if (this.resting) return
    this.resting = true
    this.demandAll(racesOfWaiting(this.log, machine))
  }

  private demandAll(reversals: readonly Reversal[]): void {
    for (const reversal of reversals) {
      const { at, frames } = firstMoves(this.log, reversal)
      if (frames !== null) for (const point of this.pointsFor(at)) this.add(point, frames)
    }
  }

  /**
   * Where to go back to for what is to be done before move `at`: there, and wherever else in the uninterrupted block of its CPU
   * changing to another frame costs no more than what was paid there already.
   */
  protected pointsFor(at: number): number[] {
    const cpu = this.cpuOf(at)
    const points = [at]
    for (let start = at; ; start--) {
      const point = this.points[start]!
      const starts = start === 0 || this.cpuOf(start - 1) !== cpu
      if (start < at && (starts || point.current < 0 || point.preemptions.includes(point.chosen)))
        points.push(start)
      if (starts) return points
    }
  }

  /** The CPU of a move. */
  private cpuOf(at: number): number {
    return this.log.frames[this.points[at]!.chosen >> 4]!.cpu
  }

  /** The frames are to be tried at the point; everything is if one of them cannot move there. */
  private add(at: number, frames: readonly number[]): void {
    const { moves, backtrack } = this.points[at]!
    const possible = frames.every((frame) => moves.some((move) => move >> 4 === frame))
    for (const move of moves) if (!possible || frames.includes(move >> 4)) backtrack.add(move)
  }

  /** Goes to the deepest point with something left to try within the bound; false if there is none. */
  private goBack(): boolean {
    while (this.points.length > 0) {
      const depth = this.points.length - 1
      const point = this.points[depth]!
      point.done.add(point.chosen)
      this.log.truncate(point.events)
      this.logged = depth
      for (const move of point.backtrack) {
        if (point.done.has(move)) continue
        if (point.spent + (point.preemptions.includes(move) ? 1 : 0) > this.limit) {
          this.leftOut = true
          continue
        }
        point.chosen = move
        return true
      }
      this.points.pop()
    }
    return false
  }
}
