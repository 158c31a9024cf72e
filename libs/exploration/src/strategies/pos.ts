/**
 * Partial-order sampling: "Partial Order Aware Concurrency Sampling" (Yuan, Yang, Gu, CAV'18).
 *
 * Each pending event draws a priority, and the highest one is performed. Then the pending events that race with it draw
 * again. So what does not race keeps its order from run to run, and chance is spent on what does; no depth and no length have to be
 * known.
 *
 * Departures from the paper: the machine tells which word a step is about before it is performed, and only afterwards whether it
 * wrote; so a pending event counts as racing if the performed one touched its word at all (two reads included: more is drawn
 * again than needed). The entry of a handler is an event about the words of its CPU that keep it out.
 */
import { cellOf, type Frame, type Machine } from '@bottom-half/kernel-model'
import { Chance } from './chance.ts'
import { moveOf, type Strategy } from './strategy.ts'

const UNDRAWN = -1

export function pos(): Strategy {
  return new Pos()
}

class Pos implements Strategy {
  readonly name = 'POS'
  readonly footprints = true
  private chance = new Chance(0)
  /** Of the pending event of each frame. */
  private readonly priority: number[] = []

  begin(_run: number, chance: Chance): boolean {
    this.chance = chance
    this.priority.fill(UNDRAWN)
    return true
  }

  choose(_machine: Machine, moves: readonly number[]): number {
    const { priority } = this
    let best = -1
    let highest = UNDRAWN
    for (let i = 0; i < moves.length; i++) {
      const frame = moves[i]! >> 4
      while (frame >= priority.length) priority.push(UNDRAWN)
      if (priority[frame] === UNDRAWN) priority[frame] = this.chance.bits()
      if (priority[frame]! <= highest) continue
      best = frame
      highest = priority[frame]!
    }
    return moveOf(moves, best, this.chance)
  }

  performed(machine: Machine): void {
    const { priority } = this
    const { touched } = machine.footprint
    priority[machine.event!.frame.index] = UNDRAWN
    for (let i = 0; i < priority.length; i++)
      if (priority[i] !== UNDRAWN && pendingTouches(machine.frames[i]!, touched)) priority[i] = UNDRAWN
  }
}

/** Is what the frame would do next about one of the words? */
function pendingTouches(frame: Frame, touched: readonly number[]): boolean {
  const { next } = frame
  for (let i = 0; i < touched.length; i++) {
    const word = cellOf(touched[i]!)
    if (frame.state === 'pending' && frame.cpu.wordsFor(frame.level).some(({ id }) => id === word))
      return true
    if (next === null) continue
    if (next.cell?.id === word) return true
    for (let a = 0; a < next.awaits.length; a++) if (next.awaits[a]!.id === word) return true
  }
  return false
}
