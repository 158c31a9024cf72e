/**
 * The seam between the machine and its memory model. Sequential consistency needs nothing here: a step's loads and stores are
 * performed at once, in memory. A weaker model is asked at each point at which it can differ from that. Whatever it does later by
 * itself (a store that leaves a buffer) is a step of a frame of its own, so that an engine sees ordinary moves with footprints.
 */
import type { Cell } from './cell.ts'
import type { Cpu } from './cpu.ts'
import type { Frame } from './frame.ts'
import type { Step } from './step.ts'

/** `sc`: sequential consistency; `tso`: x86, see tso.ts. */
export type MemoryModel = 'sc' | 'tso'

/** A store that its step has performed and that memory does not show yet. */
export interface LateStore {
  readonly cell: Cell
  readonly value: unknown
  /** The clock that the store publishes to the data-race detector once it is in memory. */
  readonly published: readonly number[] | null
  /** Is it the second half of a read-modify-write (not a locked one)? */
  readonly joins: boolean
  /** The step that performed it. */
  readonly step: number
  /** True until the store is in memory; named by the footprint of each step to which that makes a difference. */
  readonly late: Cell<boolean>
}

/** A memory model that is weaker than sequential consistency. */
export interface WeakMemory {
  /** A CPU was added to the machine. */
  addCpu(cpu: Cpu): void
  /** The frame comes to a step: adds what has to be awaited before it is performed. */
  suspend(frame: Frame, step: Step): void
  /** The step begins, in the frame; null: the entry of a handler. Its loads and stores follow. */
  begin(frame: Frame, step: Step | null): void
  /** The store of its own CPU that a load of the step in progress sees instead of memory, if any. */
  forwarded(cell: Cell): LateStore | null
  /** May the stores of the step in progress be late? If not, they are performed in memory. */
  delays(): boolean
  /** Takes such a store in; it will land. */
  delay(store: Omit<LateStore, 'late'>): void
  /** What the CPU sees of a word, without an access. */
  view<T>(cpu: Cpu, cell: Cell<T>): T
  /** May the frame's next step, if it is no wait, be performed now? */
  mayStep(frame: Frame): boolean
  /** May a handler that the masks admit be entered now? */
  mayEnter(cpu: Cpu): boolean
  /** The path of a handler is at its end: what has to be performed before the frame is over; null: nothing. */
  leave(frame: Frame): Step | null
  /** What it holds, where states are compared; without the words that only footprints and waits name. */
  state(): unknown
  /** Is this word one that only footprints and waits name? */
  isOwn(id: number): boolean
  /** The `late` of the newest store that the frame has to wait for if its next step drains; null: there is none. */
  awaited(frame: Frame): Cell<boolean> | null
  /** The `late` of the newest store of the CPU that may be late; null: there is none. */
  newest(cpu: Cpu): Cell<boolean> | null
}
