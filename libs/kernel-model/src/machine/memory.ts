/** Shared memory as the step in progress sees it: accesses with their checks, the footprint that they leave, the findings. */
import type { Bearer } from './attached.ts'
import type { CellIds } from './cell_ids.ts'
import { type Cell, Order, type Word } from './cell.ts'
import { type Access, clockOfWrite, noteRead, noteWrite, publish } from './data_race.ts'
import { type Finding, Oops } from './finding.ts'
import { Footprint, WRITES, WriteKind } from './footprint.ts'
import { type Frame, LEVEL_NAMES } from './frame.ts'
import type { LateStore, WeakMemory } from './memory_model.ts'
import { type OrderedCounts, ReferenceCount } from './reference_count.ts'
import { runningOrNull } from './running.ts'
import { SECTION_WORDS } from './sections.ts'
import { recorder } from './state.ts'
import { generic } from './trace.ts'

export class Memory implements Bearer {
  attachments: Map<object, unknown> | null = null
  readonly frames: Frame[] = []
  readonly findings: Finding[] = []
  /** Of the step in progress, or of the last one. */
  readonly footprint = new Footprint()
  /** What the step in progress decided; shown in the trace. */
  note: string | null = null
  /** Was any access plain so far? A data race needs one. */
  plain = false
  /** Null: sequential consistency. */
  weak: WeakMemory | null = null
  /** Steps performed so far: the index of the step in progress. */
  steps = 0
  /** To be set after boot, if several machines are to give words the same ids. */
  cellIds: CellIds | null = null
  /** Every count of references, in the order in which they were made. */
  readonly references: ReferenceCount[] = []
  /** To be set after boot. Null: gets and puts of all counts are kept in order. */
  orderedCounts: OrderedCounts | null = null
  /** Ids taken, without those that `cellIds` gave. */
  private cells = SECTION_WORDS
  /** Who takes ids after boot, if it is no frame: what is made at rest, or what onDemand() makes. */
  private taker: { readonly name: string; cells: number } = { name: '', cells: 0 }
  private demanded = false
  private addresses = 0

  /** Takes ids for so many cells; gives the first. */
  takeCellIds(count: number): number {
    let first = this.cells
    if (this.cellIds === null) this.cells += count
    else {
      const taker = this.demanded ? this.taker : (runningOrNull() ?? this.taker)
      first = this.cellIds.take(taker.name, taker.cells, count, this.cells)
      taker.cells += count
    }
    recorder?.idsTaken(first, count)
    return first
  }

  /**
   * Makes what several frames share, and whichever needs it first makes: its words get ids after `name`, not after the frame.
   * @param name unique among all that the machine makes in this way
   */
  onDemand<T>(name: string, make: () => T): T {
    const { taker, demanded } = this
    this.taker = { name: `on demand: ${name}`, cells: 0 }
    this.demanded = true
    try {
      return make()
    } finally {
      this.taker = taker
      this.demanded = demanded
    }
  }

  takeAddress(): number {
    return this.addresses++
  }

  /** Adds a word to the footprint without the checks of an access: for the machine's own state. */
  touch(word: Word, bits: number): void {
    this.footprint.add(word.id, bits, word.value)
  }

  /** A reader section of the kind (sections.ts) begins or ends, in the step in progress. */
  addSection(kind: number): void {
    this.footprint.add(kind, WRITES, null, WriteKind.Add)
  }

  /** The step in progress depends on which sections of the kind are open. */
  readSections(kind: number): void {
    this.footprint.add(kind, 0, null)
  }

  /** Reads a word, in the step in progress. */
  load<T>(cell: Cell<T>, order: Order): T {
    const frame = runningOrNull()!
    const own = this.weak === null ? null : this.weak.forwarded(cell)
    if (own === null) this.access(cell, 0, WriteKind.None)
    else {
      this.touch(own.late, 0)
      this.checkLife(cell)
    }
    if (order === Order.Plain) this.plain = true
    const race = noteRead(cell, frame, order, this.steps, own === null)
    if (race !== null) this.reportRace(cell, frame, race, 'read', order)
    return own === null ? cell.value : (own.value as T)
  }

  /** Writes a word, in the step in progress. `joins`: the second half of a read-modify-write. */
  store<T>(cell: Cell<T>, value: T, order: Order, joins = false, kind: WriteKind = WriteKind.None): void {
    const frame = runningOrNull()!
    const late = this.weak?.delays() === true
    if (late) this.checkLife(cell)
    else this.access(cell, WRITES, kind)
    if (order === Order.Plain) this.plain = true
    const race = noteWrite(cell, frame, order, this.steps)
    if (race !== null) this.reportRace(cell, frame, race, 'write', order)
    const clock = clockOfWrite(frame, order)
    if (late) {
      this.weak!.delay({ cell, value, published: clock, joins, step: this.steps })
      this.note ??= 'into the store buffer'
    } else {
      publish(cell, clock, joins)
      cell.value = value
    }
  }

  /**
   * Takes a reference, or gives one back, as one locked step.
   * @param kept the kind of write where the place among other gets and puts is kept
   * @param least what the value may come to
   * @returns the value before; null if nothing was done: the word counts no references, there is none, or too few would be left
   */
  moveReference(
    cell: Cell<number>,
    by: 1 | -1,
    order: Order,
    kept: WriteKind = WriteKind.None,
    least = 0,
  ): number | null {
    if (!(cell instanceof ReferenceCount)) return null
    const { orderedCounts } = this
    const before = cell.value
    const isOpen = orderedCounts !== null && !orderedCounts.has(cell)
    if (before < 1 || before + by < least) {
      // What is run again is known, and what follows quiescence has one order.
      if (isOpen && this.footprint.recording) orderedCounts.add(cell)
      return null
    }
    const last = before + by === 0
    const open = by > 0 ? WriteKind.Get : last ? WriteKind.LastPut : WriteKind.Put
    this.update(cell, before + by, order, isOpen ? open : kept, last)
    return before
  }

  /**
   * A locked read-modify-write of which nothing but its kind's result comes back: `value` was made from a peek in this step. The
   * read is no read to others, and acquires nothing, unless `acquires`: its place among the writes of its kind is not observed.
   */
  update<T>(cell: Cell<T>, value: T, order: Order, kind: WriteKind, acquires = false): void {
    this.access(cell, WRITES, kind)
    const frame = runningOrNull()!
    if (order === Order.Plain) this.plain = true
    const read = noteRead(cell, frame, order, this.steps, acquires)
    if (read !== null) this.reportRace(cell, frame, read, 'read', order)
    const written = noteWrite(cell, frame, order, this.steps)
    if (written !== null) this.reportRace(cell, frame, written, 'write', order)
    publish(cell, clockOfWrite(frame, order), true)
    cell.value = value
  }

  /** A word as the running frame's CPU sees it, without an access: for what only this CPU changes. */
  view<T>(cell: Cell<T>): T {
    const frame = runningOrNull()
    return this.weak === null || frame === null ? cell.value : this.weak.view(frame.cpu, cell)
  }

  /** A store that was late is in memory now, in the step in progress. */
  land(store: LateStore): void {
    this.access(store.cell, WRITES, WriteKind.None, store.step)
    publish(store.cell, store.published, store.joins)
    store.cell.value = store.value
  }

  private access(cell: Cell, bits: number, kind: WriteKind, since = -1): void {
    this.footprint.add(cell.id, bits, cell.value, kind)
    if (cell.owner !== null) this.checkLife(cell, since)
  }

  /** Oops unless the word's memory lives. `since`: the step that began the access, if that is another one. */
  private checkLife(cell: Cell, since = -1): void {
    const owner = cell.owner
    if (owner === null) return
    this.touch(owner.life, 0)
    if (owner.life.value === 'live') return
    const where = generic(cell.name)
    const steps = [owner.freedAt, since]
    if (owner.reusedAs === null) throw new Oops('use-after-free', `use after free of ${where}`, steps)
    const reused = generic(owner.reusedAs.name)
    throw new Oops(
      'stale-pointer',
      `${where} touched after its memory was given out again as ${reused}`,
      steps,
    )
  }

  private reportRace(cell: Cell, frame: Frame, race: Access, kind: string, order: Order): void {
    const other = this.frames[race.frame]!
    const sides = [
      `${order === Order.Plain ? 'plain' : 'marked'} ${kind} in ${LEVEL_NAMES[frame.level]}`,
      `${race.plain ? 'plain' : 'marked'} ${race.kind} in ${LEVEL_NAMES[other.level]}`,
    ].sort()
    this.report('data-race', `data race on ${generic(cell.name)}: ${sides.join(' against ')}`, [race.step])
  }

  /** Records a finding that does not stop the schedule; each kind and title once. */
  report(kind: string, title: string, involved: readonly number[] = []): void {
    if (this.findings.some((f) => f.kind === kind && f.title === title)) return
    const all = [...involved.filter((n) => n >= 0), this.steps]
    this.findings.push({ kind, title, step: this.steps, involved: all, fatal: false })
  }
}
