/**
 * Data races as KCSAN means them: two accesses to one word, at least one a write, at least one plain, that no
 * synchronisation orders. Vector clocks per frame (FastTrack, Flanagan and Freund, PLDI'09, with full clocks).
 *
 * Departures:
 * 1. A marked read acquires what a marked write released. The LKMM asks for a dependency or an acquire: this can
 *    hide a race, and cannot invent one.
 * 2. A frame and its interrupt on one CPU are ordered only by the mask (as by a lock) and by what raised the interrupt;
 *    "the handler ran in between" is no order, since the compiler may have split the plain access around it.
 */
import { type Access, type Cell, Order } from './cell.ts'
import type { Frame } from './frame.ts'

/** Componentwise maximum, into `into`. */
export function joinClock(into: number[], from: readonly number[]): void {
  for (let i = 0; i < from.length; i++) {
    const value = from[i]!
    if (value > (into[i] ?? 0)) {
      while (into.length < i) into.push(0)
      into[i] = value
    }
  }
}

/** Publishes the frame's clock: what it did so far happens before whoever joins the result. */
export function releaseClock(frame: Frame): readonly number[] {
  const published = frame.clock.slice()
  frame.clock[frame.index] = (frame.clock[frame.index] ?? 0) + 1
  return published
}

function ordered(earlier: Access, frame: Frame): boolean {
  return earlier.epoch <= (frame.clock[earlier.frame] ?? 0)
}

function racing(earlier: Access[], frame: Frame, plain: boolean): Access | null {
  for (const access of earlier) {
    if (access.frame !== frame.index && (plain || access.plain) && !ordered(access, frame)) return access
  }
  return null
}

function remember(list: Access[], frame: Frame, step: number, plain: boolean, kind: Access['kind']): void {
  const epoch = frame.clock[frame.index]!
  for (let i = list.length - 1; i >= 0; i--) {
    const old = list[i]!
    if (old.frame === frame.index && (old.plain === plain || plain)) list.splice(i, 1)
  }
  list.push({ frame: frame.index, epoch, step, plain, kind })
}

/** Notes a read; gives the earlier write that it races with, if any. */
export function noteRead(cell: Cell, frame: Frame, order: Order, step: number): Access | null {
  const plain = order === Order.Plain
  if (!plain && cell.published !== null) joinClock(frame.clock, cell.published)
  const race = racing(cell.writes, frame, plain)
  remember(cell.reads, frame, step, plain, 'read')
  return race
}

/** Notes a write; gives the earlier access that it races with, if any. `joins`: a read-modify-write, which extends the release. */
export function noteWrite(
  cell: Cell,
  frame: Frame,
  order: Order,
  step: number,
  joins: boolean,
): Access | null {
  const plain = order === Order.Plain
  const race = racing(cell.writes, frame, plain) ?? racing(cell.reads, frame, plain)
  remember(cell.writes, frame, step, plain, 'write')
  const before = joins ? cell.published : null
  if (order === Order.Release || order === Order.Full) cell.published = releaseClock(frame)
  else cell.published = plain ? null : frame.fence
  if (before !== null) {
    const both = before.slice()
    if (cell.published !== null) joinClock(both, cell.published)
    cell.published = both
  }
  return race
}
