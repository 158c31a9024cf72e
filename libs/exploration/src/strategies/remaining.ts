/** How many of the interesting events are still to come in a run: by frame, and by CPU. */
import type { Frame, Machine } from '@bottom-half/kernel-model'

export class Remaining {
  private weights: ReadonlyMap<string, number> = new Map()
  /** By frame; what it will create is in it until it is created. */
  private readonly byFrame: number[] = []
  private readonly byCpu: number[] = []
  /** The CPU of each frame. */
  private readonly cpus: number[] = []
  private known = 0

  /** @param weights by the name of the frame */
  reset(weights: ReadonlyMap<string, number>): void {
    this.weights = weights
    this.known = 0
    this.byCpu.fill(0)
  }

  /** Frames that appeared since get their own count, which their creator then no longer has. */
  meet(machine: Machine, creator: Frame | null): void {
    if (this.known === machine.frames.length) return
    for (; this.known < machine.frames.length; this.known++) {
      const frame = machine.frames[this.known]!
      const weight = this.weights.get(frame.name) ?? 0
      this.byFrame[this.known] = weight
      this.cpus[this.known] = frame.cpu.id
      while (this.byCpu.length < machine.cpus.length) this.byCpu.push(0)
      this.byCpu[frame.cpu.id]! += weight
      if (creator !== null) this.take(creator, weight)
    }
  }

  /** So many of the frame's events are no longer to come. */
  take(frame: Frame, events: number): void {
    const taken = Math.min(events, this.byFrame[frame.index]!)
    this.byFrame[frame.index]! -= taken
    this.byCpu[frame.cpu.id]! -= taken
  }

  /** The frame has ended: whatever was expected of it will not come. */
  end(frame: Frame): void {
    this.take(frame, this.byFrame[frame.index]!)
  }

  of(frame: number): number {
    return this.byFrame[frame]!
  }

  cpuOf(frame: number): number {
    return this.cpus[frame]!
  }

  /** At least one: what was not expected to come may come all the same. */
  weightOf(frame: number): number {
    return Math.max(1, this.byFrame[frame]!)
  }

  weightOfCpu(cpu: number): number {
    return Math.max(1, this.byCpu[cpu]!)
  }

  ofCpu(cpu: number): number {
    return this.byCpu[cpu]!
  }
}
