/**
 * What each frame observed, as a hash. A path is deterministic in what its steps gave and in what it looked at: two frames that
 * observed the same stand at the same place with the same locals. What a path declares by `live` replaces what came before.
 */
import {
  type Cell,
  cellOf,
  type Frame,
  LabBug,
  machine,
  type MemoryObject,
  type Recorder,
  WRITES,
} from '@bottom-half/kernel-model'
import { Contents } from './content.ts'
import { Hash, type Lanes, type Numbering } from './hash.ts'
import { Identities, type Maker } from './identity.ts'

/** What is known of one frame. */
export class History implements Maker {
  readonly name: Lanes
  full: Hash
  /** As `full`, but declarations replace what came before them. */
  observed: Hash
  words = 0
  seen = 0
  added = 0

  constructor(name: Lanes, full: Hash, observed: Hash) {
    this.name = name
    this.full = full
    this.observed = observed
  }
}

const BOOT = 21
const LIVE = 22
const ENTRY = 23

/** Follows one run from its boot on. */
export class Histories implements Recorder {
  readonly identities: Identities
  readonly contents: Contents
  /** State that no word holds. */
  readonly added: { readonly name: Lanes; readonly look: () => unknown }[] = []
  private readonly numbering: Numbering
  private readonly of = new Map<Frame, History>()
  private readonly boot = new History(new Hash().add(BOOT), new Hash(), new Hash())
  /** Of the frame whose step is in progress; null at boot. */
  private current: History | null = null
  /** The paths that run, innermost last: one starts another by starting a task. */
  private readonly running: History[] = []
  /** What began in the step in progress. */
  private born: Hash = new Hash()
  /** Frames that were looked at by `end`. */
  private known = 0
  /** Words that were looked at by it. */
  private cellsSeen = 0

  constructor(numbering: Numbering) {
    this.numbering = numbering
    this.identities = new Identities(numbering, this.boot)
    this.contents = new Contents(this.identities, numbering)
  }

  /** A step of this frame is about to be performed. */
  begin(frame: Frame): void {
    this.current = this.historyOf(frame)
    this.identities.maker = this.current
    this.running.length = 0
    this.born = new Hash()
  }

  /** The step of `frame` was performed; null: the boot. Handlers that it raised know what their creator knew. */
  end(frame: Frame | null, frames: readonly Frame[]): void {
    for (; this.known < frames.length; this.known++) this.historyOf(frames[this.known]!)
    this.running.length = 0
    this.nameNew(frame)
  }

  /** Names what the step put into words, attached, and put into what was added. */
  private nameNew(frame: Frame | null): void {
    const { cells } = this.identities
    for (const bearer of [machine(), frame, frame?.cpu]) this.contents.name(bearer?.attachments ?? null, true)
    for (; this.cellsSeen < cells.length; this.cellsSeen++)
      this.contents.name(cells[this.cellsSeen]!.value, false)
    for (const entry of machine().footprint.touched)
      if ((entry & WRITES) !== 0) this.contents.name(this.identities.wordOf(cellOf(entry))?.value, false)
    for (const { look } of this.added) this.contents.name(look(), true)
  }

  /** The history of a frame, from its birth on. */
  historyOf(frame: Frame): History {
    let history = this.of.get(frame)
    if (history === undefined) this.of.set(frame, (history = this.birth(frame)))
    return history
  }

  private birth(frame: Frame): History {
    const name = this.identities.of(frame)
    const creator = this.current
    if (creator === null) return new History(name, new Hash().addHash(name), new Hash().addHash(name))
    // Its path may have captured what its creator knew, and what the step in progress found.
    const found = new Hash().addHash(this.born)
    for (const value of machine().footprint.before) this.contents.add(found, value)
    const from = (known: Lanes): Hash => new Hash().addHash(name).addHash(known).addHash(found)
    const history = new History(name, from(creator.full), from(creator.observed))
    this.born.addHash(history.full)
    return history
  }

  private note(history: History, value: unknown): void {
    this.contents.add(history.full, value)
    this.contents.add(history.observed, value)
  }

  returned(frame: Frame, value: unknown): void {
    const history = this.historyOf(frame)
    this.running.push(history)
    if (frame.next !== null) this.note(history, value)
    else this.note(history, [ENTRY, frame.cpu.irqsOff, frame.cpu.stack.length])
  }

  suspended(): void {
    this.running.pop()
  }

  looked(cell: Cell): void {
    const history = this.running.at(-1)
    if (history !== undefined) this.note(history, cell.value)
  }

  declared(label: string, values: readonly unknown[]): void {
    const history = this.running.at(-1)
    if (history === undefined) throw new LabBug(`live(${label}) outside a path`)
    history.observed = new Hash().add(LIVE).add(this.numbering.of(label))
    this.contents.add(history.observed, values)
  }

  idsTaken(first: number, count: number): void {
    this.identities.idsTaken(first, count)
  }

  cellMade(cell: Cell): void {
    this.identities.cellMade(cell)
  }

  objectMade(object: MemoryObject): void {
    this.identities.objectMade(object)
  }

  stateAdded(look: () => unknown): void {
    this.added.push({ name: this.identities.nextAdded(), look })
  }
}
