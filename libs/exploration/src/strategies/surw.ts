/**
 * Selectively uniform random walk: "Selectively Uniform Concurrency Testing" (Zhao, Wolff, Mathur, Roychoudhury, ASPLOS'25).
 *
 * URW weighs each thread with the number of events that it still has: then each interleaving is equally likely. SURW does so
 * for a subset of interesting events: the thread that is to perform the next one is drawn by weight, and until it has, others
 * take steps that are not interesting, as they come. The subset is drawn for each run: here, the events about one shared word.
 *
 * On stacks of frames the weighed thread is a CPU, with all that is left on it, and a handler that may come in has one place among
 * that: weighted_draw.ts.
 *
 * Departures from the paper: the counts come from one run, the first, which is a random walk; a frame that the first run did not have,
 * or that had fewer events there, weighs as if it had one left; which way a step turns out is drawn evenly; masks, locks and waits
 * are no part of the weights.
 */
import type { Frame, Machine } from '@bottom-half/kernel-model'
import { Chance } from './chance.ts'
import { ALL, Profile } from './profile.ts'
import { Remaining } from './remaining.ts'
import { moveOf, type Strategy } from './strategy.ts'
import { uniformWalk } from './uniform_walk.ts'
import { drawFrame } from './weighted_draw.ts'

/** The uniform random walk: all events are interesting. */
export function urw(): Strategy {
  return new Surw('URW', false)
}

/** The selectively uniform one: in each run the events about one shared word are. */
export function surw(): Strategy {
  return new Surw('SURW', true)
}

class Surw implements Strategy {
  readonly name: string
  private readonly selective: boolean
  private chance = new Chance(0)
  private readonly walk = uniformWalk()
  private readonly profile = new Profile()
  private words: number[] = []
  private readonly remaining = new Remaining()
  private profiling = false
  private profiled = false
  /** The word whose events are interesting in this run. */
  private word = ALL
  /** The frame that is to perform the next interesting event; -1 if it is to be drawn. */
  private intended = -1
  /** Was what the intended frame does next interesting? */
  private interesting = false
  /** Moves that may be taken, before one of them is drawn. */
  private readonly free: number[] = []

  constructor(name: string, selective: boolean) {
    this.name = name
    this.selective = selective
  }

  get footprints(): boolean {
    return this.profiling
  }

  begin(run: number, chance: Chance): boolean {
    this.chance = chance
    this.profiling = !this.profiled
    if (this.profiling) return this.walk.begin(run, chance)
    this.word = this.selective && this.words.length > 0 ? this.words[chance.below(this.words.length)]! : ALL
    this.remaining.reset(this.profile.weightsOf(this.word))
    this.intended = -1
    return true
  }

  choose(machine: Machine, moves: readonly number[], step: number): number {
    if (this.profiling) {
      this.profile.meet(machine, null)
      return this.walk.choose(machine, moves, step)
    }
    // What a stage after quiescence adds is there before a step is.
    this.remaining.meet(machine, null)
    if (moves.length === 1) return this.taken(machine, moves[0]!)
    if (this.word === ALL) return moveOf(moves, this.draw(machine, moves), this.chance)
    if (this.intended < 0) this.intended = this.draw(machine, moves)
    let count = this.allowed(machine, moves)
    if (count === 0) {
      this.intended = this.draw(machine, moves)
      count = this.allowed(machine, moves)
    }
    const frame = this.free[this.chance.below(count)]!
    return this.taken(machine, moveOf(moves, frame, this.chance))
  }

  performed(machine: Machine): void {
    if (this.profiling) {
      this.profile.performed(machine)
      return
    }
    const { frame, exited } = machine.event!
    if (this.word === ALL || this.interesting) {
      this.remaining.take(frame, 1)
      this.intended = -1
    }
    this.remaining.meet(machine, frame)
    if (!exited) return
    this.remaining.end(frame)
    if (frame.index === this.intended) this.intended = -1
  }

  end(): void {
    if (!this.profiling) return
    this.profiled = true
    this.words = this.profile.shared()
  }

  private draw(machine: Machine, moves: readonly number[]): number {
    return drawFrame(machine, moves, this.remaining, this.chance)
  }

  private taken(machine: Machine, move: number): number {
    if (this.word !== ALL) this.interesting = this.isInteresting(machine.frames[move >> 4]!)
    return move
  }

  private isInteresting(frame: Frame): boolean {
    if (frame.state === 'pending') return this.remaining.of(frame.index) > 0
    return frame.next?.cell?.id === this.word
  }

  /** Puts into `free` the frames whose next event is not interesting, and the intended one. */
  private allowed(machine: Machine, moves: readonly number[]): number {
    let count = 0
    for (let i = 0, last = -1; i < moves.length; i++) {
      const index = moves[i]! >> 4
      if (index === last) continue
      last = index
      if (index === this.intended || !this.isInteresting(machine.frames[index]!)) this.free[count++] = index
    }
    return count
  }
}
