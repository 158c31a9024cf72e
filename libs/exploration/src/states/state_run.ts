/** One run of a program of which the states are compared. */
import { type Frame, LabBug, type Machine, setRecorder } from '@bottom-half/kernel-model'
import { plainChoice } from '../deviation.ts'
import type { Program } from '../program.ts'
import type { Lanes, Numbering } from './hash.ts'
import { Histories } from './histories.ts'
import { stateOf } from './machine_state.ts'

export class StateRun {
  readonly machine: Machine
  private readonly histories: Histories
  private readonly numbering: Numbering

  /** Boots. */
  constructor(program: Program, numbering: Numbering) {
    this.numbering = numbering
    this.histories = new Histories(numbering)
    this.machine = this.recorded(() => {
      const machine = program.boot({ tracing: false })
      this.histories.end(null, machine.frames)
      return machine
    })
    // What can be reached from the start is named from the start.
    this.state()
  }

  private recorded<T>(action: () => T): T {
    const before = setRecorder(this.histories)
    try {
      return action()
    } finally {
      setRecorder(before)
    }
  }

  /** The possible moves. Begins the stages after quiescence when there are none. */
  moves(): number[] {
    return this.recorded(() => this.machine.moves())
  }

  perform(move: number): void {
    this.recorded(() => {
      const frame = this.machine.frames[move >> 4]!
      this.histories.begin(frame)
      this.machine.perform(move)
      this.histories.end(frame, this.machine.frames)
    })
  }

  /** Performs moves that are known to be possible, none of them after quiescence. */
  replay(moves: readonly number[]): this {
    for (const move of moves) {
      this.perform(move)
      if (this.numbering.walksName) this.state()
    }
    return this
  }

  /**
   * Once nothing can move but what a stage after quiescence began: performs that in its one order, the plain one.
   * Gives the moves; stops after `most` of them. `last`: the frame that moved last.
   */
  finish(last: number, most: number): number[] {
    const made: number[] = []
    for (let moves = this.moves(); moves.length > 0 && made.length < most; moves = this.moves()) {
      const before = made.at(-1)
      const move = moves[plainChoice(moves, before === undefined ? last : before >> 4)]!
      made.push(move)
      this.perform(move)
    }
    return made
  }

  /** The hash of the present state. To be asked before `moves`, which may go on to the next stage. */
  state(): Lanes {
    return stateOf(this.machine, this.histories, this.numbering)
  }

  /** A number for the move that does not depend on the schedule. */
  labelOf(move: number): number {
    const frame: Frame = this.machine.frames[move >> 4]!
    return (this.numbering.ofHash(this.histories.historyOf(frame).name) << 4) | (move & 15)
  }

  /** The present move that has this label. */
  moveOf(label: number, moves: readonly number[]): number {
    const move = moves.find((candidate) => this.labelOf(candidate) === label)
    if (move === undefined) throw new LabBug('a move of the state graph is not possible in its state')
    return move
  }
}
