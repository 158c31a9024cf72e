/**
 * x86-TSO: each CPU has a store buffer, first in, first out. Follows "x86-TSO: A Rigorous and Usable Programmer's Model for x86
 * Multiprocessors" (Sewell, Sarkar, Owens, Zappa Nardelli, Myreen, CACM 2010), and for interrupts the Intel SDM, volume 3, "Store
 * Buffer" (drained when an exception or interrupt is generated) and "Serializing Instructions" (IRET is one).
 *
 * A relaxed step's stores go to the buffer, its loads see the newest store to their word there, else memory. Each other step (a
 * locked instruction, a fence, or several accesses that the lab performs as one) waits until the buffer is empty, and so do the
 * entry of a handler and its return. A store leaves the buffer in a step of the frame `CPU0 store buffer`, at any time.
 *
 * The footprint names buffered stores one by one, so that a store that enters a buffer and another that leaves it commute.
 *
 * Departures:
 * 1. A store whose memory is freed before the store leaves the buffer is a use-after-free there, as it overwrites whatever lies
 *    there by then; KASAN looks only where the instruction is executed. Invents nothing.
 * 2. A step that is not declared relaxed drains the buffer, also where its text has no locked instruction: kfree(), the steps of
 *    several stores, what designs write with access(). Hides store buffering across these.
 * 3. Stores of tasks that share their CPU go straight to memory. (A switch of tasks drains the buffer.) Hides store buffering
 *    there.
 * 4. The buffer has no bound. Invents what needs more stores on their way than a CPU's buffer holds (56 and more).
 * 5. The end of a reader section does not drain the buffer. Instead, a grace period ends only after the stores that its readers
 *    left there (grace_period.ts). Hides nothing, invents nothing.
 */
import type { Cell } from './cell.ts'
import type { Cpu } from './cpu.ts'
import { LabBug } from './finding.ts'
import { AWAITS } from './footprint.ts'
import { type Frame, Level } from './frame.ts'
import type { Machine } from './machine.ts'
import type { LateStore, WeakMemory } from './memory_model.ts'
import { whileViewing } from './running.ts'
import { Step } from './step.ts'
import { StoreBuffer } from './store_buffer.ts'

export class Tso implements WeakMemory {
  private readonly machine: Machine
  private readonly buffers: StoreBuffer[] = []
  /**
   * By frame: its newest store since its last step that waited for an empty buffer. Only that matters to it: what shares its CPU
   * leaves no store in the buffer when it comes to move again.
   */
  private readonly newestOf: (Cell<boolean> | null)[] = []
  /** The frame of the step in progress. */
  private frame = -1
  /** The buffer that the step in progress stores to and loads from; null: it works on memory. */
  private inUse: StoreBuffer | null = null

  constructor(machine: Machine) {
    this.machine = machine
  }

  addCpu(cpu: Cpu): void {
    this.buffers[cpu.id] = new StoreBuffer(cpu, this.machine.takeCellIds(StoreBuffer.WORDS))
  }

  private bufferOf(cpu: Cpu): StoreBuffer {
    return this.buffers[cpu.id]!
  }

  newest(cpu: Cpu): Cell<boolean> | null {
    return this.bufferOf(cpu).newest
  }

  suspend(frame: Frame, step: Step): void {
    const newest = this.newestOf[frame.index] ?? null
    const { ready } = step
    if (step.relaxed) {
      if (ready !== null) step.ready = () => whileViewing((cell) => this.view(frame.cpu, cell), ready)
    } else if (newest !== null && ready !== null) {
      step.ready = () => !newest.value && ready()
      step.awaits = [...step.awaits, newest]
    }
  }

  begin(frame: Frame, step: Step | null): void {
    const { cpu } = frame
    const buffer = this.bufferOf(cpu)
    this.inUse = null
    this.frame = frame.index
    if (step === null) {
      for (const late of buffer.slots) this.machine.touch(late, AWAITS)
      // Behind the next store, the entry would have to wait for that one too.
      this.machine.touch(buffer.tail, 0)
    } else if (!step.relaxed) {
      const newest = this.newestOf[frame.index] ?? null
      if (newest !== null) this.machine.touch(newest, AWAITS)
      this.newestOf[frame.index] = null
    } else if (frame.level > Level.Task || cpu.tasks.length === 1) {
      this.inUse = buffer
      // A wait looked at what the buffer held.
      for (const cell of step.awaits) {
        const own = buffer.newestTo(cell)
        if (own !== null) this.machine.touch(own.late, 0)
      }
    }
  }

  forwarded(cell: Cell): LateStore | null {
    return this.inUse === null ? null : this.inUse.newestTo(cell)
  }

  delays(): boolean {
    return this.inUse !== null
  }

  delay(store: Omit<LateStore, 'late'>): void {
    this.newestOf[this.frame] = this.inUse!.push(this.machine, store)
  }

  awaited(frame: Frame): Cell<boolean> | null {
    return this.newestOf[frame.index] ?? null
  }

  view<T>(cpu: Cpu, cell: Cell<T>): T {
    const own = this.bufferOf(cpu).newestTo(cell)
    return own === null ? cell.value : (own.value as T)
  }

  mayStep(frame: Frame): boolean {
    const newest = this.newestOf[frame.index] ?? null
    return newest === null || !newest.value || frame.next!.relaxed
  }

  mayEnter(cpu: Cpu): boolean {
    const { newest } = this.bufferOf(cpu)
    return newest === null || !newest.value
  }

  state(): unknown {
    const { cpus, frames } = this.machine
    const filled = this.buffers.flatMap((buffer, id) => {
      const stores = buffer.state()
      return stores.length === 0 ? [] : [[cpus[id], stores] as const]
    })
    const waited = this.newestOf.flatMap((cell, id) =>
      cell?.value === true ? [[frames[id], cell] as const] : [],
    )
    return [new Map(filled), new Map(waited)]
  }

  isOwn(id: number): boolean {
    return this.buffers.some((buffer) => buffer.owns(id))
  }

  leave(frame: Frame): Step | null {
    if ((this.newestOf[frame.index] ?? null) === null) return null
    if (frame.level === Level.Task) throw new LabBug('a task does not return from an interrupt')
    return new Step('iret', null, () => undefined)
  }
}
