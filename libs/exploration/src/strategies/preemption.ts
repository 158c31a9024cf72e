/**
 * What a preemption is where handlers interrupt.
 *
 * The *current frame* of a CPU is a self-IPI that it has to take next; otherwise its innermost handler; or, if none is active, the
 * task of that CPU that stepped last. A step is a preemption if the current frame of the CPU that stepped before could have gone
 * on, and the step is neither of that frame nor the entry of a handler on that CPU. So:
 *  - leaving a CPU for another one costs, unless its current frame waits or has ended and no self-IPI is due;
 *  - a task that takes the CPU of another one which could have gone on costs, too;
 *  - the entry of a handler above the current frame is free, and so is the return from it; but leaving the CPU after the
 *    return costs as it would without the handler.
 */
import { Level, type Machine } from '@bottom-half/kernel-model'

export class Preemptions {
  /** The CPU that stepped last; -1 before the first step. */
  private cpu = -1
  /** By CPU: the task that stepped last. */
  private readonly task: number[] = []

  reset(): void {
    this.cpu = -1
    this.task.fill(-1)
  }

  /** The step was performed. */
  performed(machine: Machine): void {
    const { frame } = machine.event!
    this.cpu = frame.cpu.id
    if (frame.level === Level.Task) this.task[this.cpu] = frame.index
  }

  /** The frame that goes on unless it is preempted, if it can go on; else -1. */
  current(machine: Machine, moves: readonly number[]): number {
    if (this.cpu < 0) return -1
    const cpu = machine.cpus[this.cpu]!
    const due = cpu.pending.find(({ immediate, level }) => immediate && cpu.admits(level))
    const current = (due ?? cpu.top())?.index ?? this.task[this.cpu] ?? -1
    return moves.some((move) => move >> 4 === current) ? current : -1
  }

  /** Is the move a preemption? To be asked before it is performed. */
  is(machine: Machine, moves: readonly number[], move: number): boolean {
    const current = this.current(machine, moves)
    if (current < 0 || move >> 4 === current) return false
    const frame = machine.frames[move >> 4]!
    return frame.cpu.id !== this.cpu || frame.level === Level.Task
  }
}
