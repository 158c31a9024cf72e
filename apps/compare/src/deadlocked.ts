/** Who waits for ever once a deadlock is complete: what a reader of its trace wants to see last. */
import { type Cell, type Frame, type Machine, showCell, type Step } from '@bottom-half/kernel-model'

/** A frame that cannot take its next step, and never will. */
export interface Waiter {
  readonly frame: Frame
  readonly step: Step
}

/** How a deadlock came about. */
export interface Deadlock {
  /** Those that wait for each other; if there is no such cycle, all that wait for what will not happen. */
  readonly waiters: readonly Waiter[]
  /** How many steps of the log it took: what other CPUs do once a cycle is closed has no part in it. */
  readonly steps: number
}

/** To be asked when nothing can move. */
export function deadlockOf(machine: Machine): Deadlock {
  const waiters = waitersOf(machine)
  const cycle = waiters.filter((waiter) => waitsForItself(waiter, waiters))
  // Each step may be the one that would have had to wake somebody.
  if (cycle.length === 0) return { waiters, steps: machine.log.length }
  const cpus = new Set(cycle.map(({ frame }) => frame.cpu))
  const last = machine.log.findLastIndex(({ frame }) => cpus.has(machine.frames[frame]!.cpu))
  return { waiters: cycle, steps: last + 1 }
}

/** The frames on top of their CPUs that wait for something, and are not merely idle. */
function waitersOf(machine: Machine): Waiter[] {
  return machine.frames.flatMap((frame) => {
    const step = frame.next
    const top = frame.cpu.top() ?? frame
    const waits =
      frame.state === 'active' && top === frame && step !== null && !step.idle && step.ready?.() === false
    return waits ? [{ frame, step }] : []
  })
}

/** Directly, through what it interrupted, or through others. */
function waitsForItself(start: Waiter, waiters: readonly Waiter[]): boolean {
  let at: Waiter | undefined = start
  for (let hops = 0; hops < waiters.length && at !== undefined; hops++) {
    const holder: Frame | null = at.step.holder?.() ?? null
    const blocked: Frame | null = holder?.cpu.top() ?? holder
    at = waiters.find(({ frame }) => frame === blocked)
    if (at === start) return true
  }
  return false
}

/** The step that last changed the word: for a lock, the one that took it. -1 if none did. */
export function lastChangeOf(machine: Machine, cell: Cell): number {
  const now = showCell(cell)
  return machine.log.findLastIndex(
    (step) => step.cell === cell.name && step.after === now && step.before !== now,
  )
}
