/** Drives small machines in tests: boots one, and takes moves by a rule. */
import { type Cpu, Level, Machine } from '../src/machine/index.ts'
import type { FrameSpec } from '../src/machine/index.ts'

export class Drive {
  readonly machine = new Machine()

  cpu(): Cpu {
    return this.machine.addCpu()
  }

  task(cpu: Cpu, path: FrameSpec['path'], name = `task${this.machine.frames.length}`): number {
    return this.machine.addFrame({ name, cpu, level: Level.Task, path, immediate: false }).index
  }

  handler(
    cpu: Cpu,
    level: Level,
    path: FrameSpec['path'],
    name = `handler${this.machine.frames.length}`,
  ): number {
    return this.machine.addFrame({ name, cpu, level, path, immediate: false }).index
  }

  /** Frames that can move now. */
  enabled(): number[] {
    return [...new Set(this.machine.moves().map((m) => m >> 4))]
  }

  /** Steps (or enters) the frame once, with the given outcome. */
  step(frame: number, outcome = 0): void {
    const move = frame * 16 + outcome
    if (!this.machine.moves().includes(move)) throw new Error(`frame ${frame} cannot move`)
    this.machine.perform(move)
  }

  /** Steps the frame (and whatever must run before it on its CPU) until it is done. */
  finish(frame: number): void {
    while (this.machine.frames[frame]!.state !== 'done') {
      const moves = this.machine.moves()
      const own = moves.find((m) => m >> 4 === frame)
      const same = moves.find((m) => this.machine.frames[m >> 4]!.cpu === this.machine.frames[frame]!.cpu)
      const move = own ?? same
      if (move === undefined) throw new Error(`frame ${frame} is stuck`)
      this.machine.perform(move)
    }
  }

  /** Takes the first possible move until none is left. */
  run(limit = 10_000): void {
    for (let i = 0; i < limit; i++) {
      const move = this.machine.moves()[0]
      if (move === undefined) return
      this.machine.perform(move)
    }
    throw new Error('no rest')
  }

  titles(): string[] {
    return this.machine.findings.map((f) => `${f.kind}: ${f.title}`)
  }
}
