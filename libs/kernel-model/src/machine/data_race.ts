/**
 * Data races as KCSAN means them: two accesses to one word, at least one a write, at least one plain, that no
 * synchronisation orders. Vector clocks per frame, and of each frame and word the last accesses as epochs (FastTrack,
 * Flanagan and Freund, PLDI'09).
 *
 * Departures:
 * 1. A marked read acquires what a marked write released. The LKMM asks for a dependency or an acquire: this can
 *    hide a race, and cannot invent one.
 * 2. A frame and its interrupt on one CPU are ordered only by what masks it (as by a lock) and by what raised it;
 *    "the handler ran in between" is no order, since the compiler may have split the plain access around it.
 * 3. A get of a reference, and a put that is not the last, acquires nothing, as in lib/refcount.c; but so it is for an atomic_t, where
 *    the C is a full barrier. Its place among the others is not observed. Can invent a race that nothing but that barrier orders.
 */
import { type Cell, Order } from './cell.ts'
import type { Frame } from './frame.ts'

/** The last access of its kind by one frame to one word: at which of the frame's epochs, at which step. */
export class Access {
  readonly frame: number
  readonly plain: boolean
  readonly kind: 'read' | 'write'
  /** 0: overtaken by a plain access of the same frame, so that it counts no more. */
  epoch = 0
  step = -1

  constructor(frame: number, plain: boolean, kind: 'read' | 'write') {
    this.frame = frame
    this.plain = plain
    this.kind = kind
  }
}

/** Componentwise maximum, into `into`. */
export function joinClock(into: number[], from: readonly number[]): void {
  for (let i = 0; i < from.length; i++) {
    const value = from[i]!
    if (i < into.length) {
      if (value > into[i]!) into[i] = value
    } else if (value > 0) {
      while (into.length < i) into.push(0)
      into.push(value)
    }
  }
}

/** Publishes the frame's clock: what it did so far happens before whoever joins the result. */
export function releaseClock(frame: Frame): readonly number[] {
  const published = frame.clock.slice()
  frame.clock[frame.index]!++
  return published
}

/** Does a clock know all that the other one knows? */
function covers(clock: readonly number[], other: readonly number[]): boolean {
  if (other.length > clock.length) return false
  for (let i = 0; i < other.length; i++) if (other[i]! > clock[i]!) return false
  return true
}

/** The earliest of the accesses that nothing orders before what the frame does now; `found` if that is earlier still. */
function racing(accesses: readonly Access[], frame: Frame, found: Access | null): Access | null {
  let first = found
  for (let i = 0; i < accesses.length; i++) {
    const access = accesses[i]!
    if (access.frame === frame.index || access.epoch <= (frame.clock[access.frame] ?? 0)) continue
    if (first === null || access.step < first.step) first = access
  }
  return first
}

function own(accesses: readonly Access[], frame: Frame): Access | null {
  for (let i = 0; i < accesses.length; i++) if (accesses[i]!.frame === frame.index) return accesses[i]!
  return null
}

/** Remembers an access in the list of its kind; gives the list, which is made if there was none. */
function remember(
  accesses: Access[],
  frame: Frame,
  step: number,
  plain: boolean,
  kind: Access['kind'],
): Access[] {
  let list = accesses
  let access = own(list, frame)
  if (access === null) {
    access = new Access(frame.index, plain, kind)
    if (list.length === 0) list = [access]
    else list.push(access)
  }
  access.epoch = frame.clock[frame.index]!
  access.step = step
  return list
}

/** A plain access stands for the marked ones before it. */
function overtake(marked: readonly Access[], frame: Frame): void {
  const access = own(marked, frame)
  if (access !== null) access.epoch = 0
}

/** Notes a read; gives the earlier write that it races with, if any. `acquires`: its value is looked at. */
export function noteRead(
  cell: Cell,
  frame: Frame,
  order: Order,
  step: number,
  acquires = true,
): Access | null {
  if (order === Order.Plain) {
    const race = racing(cell.markedWrites, frame, racing(cell.plainWrites, frame, null))
    overtake(cell.markedReads, frame)
    cell.plainReads = remember(cell.plainReads, frame, step, true, 'read')
    return race
  }
  if (acquires && cell.published !== null) joinClock(frame.clock, cell.published)
  cell.markedReads = remember(cell.markedReads, frame, step, false, 'read')
  return racing(cell.plainWrites, frame, null)
}

/** Notes a write; gives the earlier access that it races with, if any. */
export function noteWrite(cell: Cell, frame: Frame, order: Order, step: number): Access | null {
  const plain = order === Order.Plain
  let race = racing(cell.plainWrites, frame, null)
  if (plain) race = racing(cell.markedWrites, frame, race)
  if (race === null) {
    race = racing(cell.plainReads, frame, null)
    if (plain) race = racing(cell.markedReads, frame, race)
  }
  if (plain) {
    overtake(cell.markedWrites, frame)
    cell.plainWrites = remember(cell.plainWrites, frame, step, true, 'write')
  } else cell.markedWrites = remember(cell.markedWrites, frame, step, false, 'write')
  return race
}

/** The clock that a write gives to whoever reads it; null for one that orders nothing. */
export function clockOfWrite(frame: Frame, order: Order): readonly number[] | null {
  if (order === Order.Release || order === Order.Full) return releaseClock(frame)
  return order === Order.Plain ? null : frame.fence
}

/** The write is in memory. `joins`: of a read-modify-write, which extends the release of what it read. */
export function publish(cell: Cell, clock: readonly number[] | null, joins: boolean): void {
  const before = joins ? cell.published : null
  let published = clock
  if (before !== null && (published === null || !covers(published, before))) {
    const both = before.slice()
    if (published !== null) joinClock(both, published)
    published = both
  }
  cell.published = published
}
