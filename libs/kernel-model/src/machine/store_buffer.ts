/** A store buffer, first in, first out, and the frame that brings its stores to memory. */
import { Cell } from './cell.ts'
import type { Cpu } from './cpu.ts'
import { WRITES } from './footprint.ts'
import { type Frame, Level } from './frame.ts'
import type { Machine } from './machine.ts'
import type { LateStore } from './memory_model.ts'
import { live } from './state.ts'
import { type KernelPath, Step } from './step.ts'

/** Slots of a buffer: words in footprints. The store after the last one has the first one's again, which invents conflicts only. */
const SLOTS = 16

/** One CPU's stores on their way to memory. As a path, it is the steps by which they get there, for ever. */
export class StoreBuffer implements KernelPath<never> {
  /** How many words a buffer has. */
  static readonly WORDS = 1 + SLOTS

  /** The newest store, whether or not it is in memory by now; null: there was none. */
  newest: Cell<boolean> | null = null
  /** By slot: the newest store that has it. Before each of them, what waits for an empty buffer waits for those before. */
  readonly slots: Cell<boolean>[] = []
  /** Written by each store that enters: which of two frames of the CPU stores first makes a difference. */
  readonly tail: { readonly id: number; value: number }
  private readonly stores: LateStore[] = []
  private readonly name: string
  private readonly firstSlot: number
  private frame: Frame | null = null
  /** The step that brings the oldest store to memory; null while the buffer is empty. */
  private landing: Step | null = null

  /** `firstWord`: the first of WORDS ids that are its own. */
  constructor(cpu: Cpu, firstWord: number) {
    this.name = `${cpu.name} store buffer`
    this.tail = { id: firstWord, value: 0 }
    this.firstSlot = firstWord + 1
  }

  newestTo(cell: Cell): LateStore | null {
    for (let i = this.stores.length - 1; i >= 0; i--)
      if (this.stores[i]!.cell === cell) return this.stores[i]!
    return null
  }

  /** Takes in a store of the step in progress; gives the word that is true until it is in memory. */
  push(m: Machine, store: Omit<LateStore, 'late'>): Cell<boolean> {
    const count = this.tail.value
    const slot = count % SLOTS
    const late = new Cell(`${this.name}[${count}]`, false, null, null, this.firstSlot + slot)
    m.touch(this.tail, WRITES)
    this.tail.value++
    m.touch(late, WRITES)
    late.value = true
    this.newest = this.slots[slot] = late
    this.stores.push({ ...store, late })
    if (this.landing === null) this.prepare()
    if (this.frame === null) this.frame = this.start(m)
    else this.frame.next = this.landing
    return late
  }

  /** Where states are compared: the stores on their way, oldest first. */
  state(): readonly unknown[] {
    return this.stores.map(({ cell, value, late }) => [cell, value, late])
  }

  /** Is this word one of the buffer's? */
  owns(id: number): boolean {
    return id >= this.tail.id && id < this.tail.id + StoreBuffer.WORDS
  }

  /** The first store makes the frame, and which frame of the CPU that is depends on the schedule. */
  private start(m: Machine): Frame {
    const { name } = this
    return m.onDemand(name, () =>
      m.addFrame({
        name,
        cpu: m.addCpu(`CPU of ${name}`),
        level: Level.Task,
        path: () => this,
        immediate: false,
      }),
    )
  }

  private prepare(): void {
    const store = this.stores[0]
    if (store === undefined) this.landing = null
    else
      this.landing = new Step('store reaches memory', store.cell, (m) => this.land(m, store), {
        ready: () => store.late.value,
        awaits: [store.late],
      })
  }

  private land(m: Machine, store: LateStore): void {
    m.touch(store.late, WRITES)
    store.late.value = false
    this.stores.shift()
    this.prepare()
    m.land(store)
  }

  /** While the buffer is empty there is no next step; `push` puts one there. */
  next(): IteratorResult<Step, never> {
    // Where it stands is said by `state`.
    live('store buffer')
    return { done: false, value: this.landing as Step }
  }

  [Symbol.iterator](): this {
    return this
  }
}
