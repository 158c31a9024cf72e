/**
 * The state of a machine as a hash: its words, the objects that can be reached from them, and what controls each frame.
 *
 * No part of it: what was found so far (found on the way to a state, it is noted where it is met: each step is performed from each
 * state once), the clocks of the data-race detector (data races are left to the reduction), numbers of steps, and frames that ended.
 */
import { type Cell, type Cpu, Frame, type Machine, ReaderWord, type Step } from '@bottom-half/kernel-model'
import { Hash, type Lanes, type Numbering, SetHash } from './hash.ts'
import type { Histories } from './histories.ts'

const Part = {
  Cell: 31,
  Frame: 32,
  Cpu: 33,
  Machine: 34,
  Added: 35,
  Object: 36,
  Masks: 37,
  NoStep: 38,
  Weak: 39,
  Late: 40,
} as const

/** Valid until the next step after quiescence; what follows is not explored. */
export function stateOf(machine: Machine, histories: Histories, numbering: Numbering): Lanes {
  return histories.contents.walk((sum) => new Printer(machine, histories, numbering).print(sum))
}

class Printer {
  private readonly machine: Machine
  private readonly histories: Histories
  private readonly numbering: Numbering

  constructor(machine: Machine, histories: Histories, numbering: Numbering) {
    this.machine = machine
    this.histories = histories
    this.numbering = numbering
  }

  print(sum: SetHash): void {
    const { weak } = this.machine
    const readers = this.readers()
    for (const cell of this.histories.identities.cells) {
      if (weak?.isOwn(cell.id) === true) continue
      const reader = readers.get(cell.id)
      if (reader === undefined || (reader.state !== 'done' && cell.value !== 0)) sum.add(this.cell(cell))
      if (cell instanceof ReaderWord && cell.late?.value === true)
        sum.add(this.value(Part.Late, [cell, cell.late]))
    }
    if (weak !== null) sum.add(this.weak(weak))
    for (const frame of this.machine.frames) this.frame(frame, sum)
    for (const cpu of this.machine.cpus) sum.add(this.cpu(cpu))
    for (const object of this.histories.identities.objects) sum.add(this.value(Part.Object, object))
    for (const { name, look } of this.histories.added) {
      const hash = new Hash().add(Part.Added).addHash(name)
      this.histories.contents.add(hash, look())
      sum.add(hash)
    }
    sum.add(this.value(Part.Machine, [this.machine.halted, this.machine.attachments]))
  }

  /** By id: the reader words. Of a frame that ended nobody looks at them any more; not made yet, they are 0. */
  private readers(): Map<number, Frame> {
    const readers = new Map<number, Frame>()
    for (const frame of this.machine.frames)
      for (let i = 0; i < Frame.WORDS; i++) readers.set(frame.firstWord + i, frame)
    return readers
  }

  private value(part: number, value: unknown): Lanes {
    const hash = new Hash().add(part)
    this.histories.contents.add(hash, value)
    return hash
  }

  /** Stores that are on their way to memory. */
  private weak(weak: NonNullable<Machine['weak']>): Lanes {
    const hash = new Hash().add(Part.Weak)
    this.histories.contents.addWord(hash, weak.state())
    return hash
  }

  private cell(cell: Cell): Lanes {
    const hash = new Hash().add(Part.Cell).addHash(this.histories.identities.of(cell))
    this.histories.contents.addWord(hash, cell.value)
    return hash
  }

  private cpu(cpu: Cpu): Lanes {
    const { irqsOff, irqsOffBy, stack, attachments, tasks } = cpu
    const current = tasks.length > 1 ? cpu.current.value : null
    return this.value(Part.Cpu, [cpu, irqsOff, irqsOff ? irqsOffBy : null, current, stack, attachments])
  }

  /** A frame that ended is nothing, but for the masks that it left behind. */
  private frame(frame: Frame, sum: SetHash): void {
    const masks = [frame.preemptCount, frame.bhDisabled]
    if (frame.state === 'done') {
      if (masks.some((count) => count !== 0)) sum.add(this.value(Part.Masks, [frame, masks]))
      return
    }
    const hash = new Hash().add(Part.Frame)
    this.histories.contents.add(hash, [frame, frame.state, frame.level, frame.immediate, frame.cpu, masks])
    if (frame.state !== 'crashed') this.control(hash, frame)
    sum.add(hash)
  }

  private control(hash: Hash, frame: Frame): void {
    const { rcuNesting, traceNesting, migrateDisabled, irqsOffAtEntry, task, attachments } = frame
    hash.addHash(this.histories.historyOf(frame).observed)
    const context = [rcuNesting, traceNesting, migrateDisabled, irqsOffAtEntry, task, attachments]
    this.histories.contents.add(hash, context)
    if (frame.next === null) hash.add(Part.NoStep)
    else this.step(hash, frame.next)
  }

  /** What can be seen of the step in front of which a frame stands. */
  private step(hash: Hash, step: Step): void {
    const { cell, outcomes, lastResort, idle, ready, holder, awaits } = step
    hash.add(this.numbering.of(step.op))
    const awaited = awaits.map((word) => word.value)
    const shape = [cell, outcomes, lastResort, idle, ready !== null, holder !== null, awaits, awaited]
    this.histories.contents.add(hash, shape)
  }
}
