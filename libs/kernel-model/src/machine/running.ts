/** The machine and the frame that run now: what `this_cpu`, `current` and `in_nmi()` refer to. */
import type { Cell } from './cell.ts'
import { LabBug } from './finding.ts'
import type { Frame } from './frame.ts'
import type { Machine } from './machine.ts'

let theMachine: Machine | null = null
let theFrame: Frame | null = null

/** The machine under construction or in execution. */
export function machine(): Machine {
  if (theMachine === null) throw new LabBug('kernel code ran outside a machine')
  return theMachine
}

/** The frame whose code runs now. */
export function running(): Frame {
  if (theFrame === null) throw new LabBug('kernel code ran outside a frame')
  return theFrame
}

/** Null while a machine boots: then nothing is an access yet. */
export function runningOrNull(): Frame | null {
  return theFrame
}

let viewer: ((cell: Cell) => unknown) | null = null

/** What `peek` gives: the word in memory, or as the CPU sees it of which a wait is asked whether it is over. */
export function peekAt(cell: Cell): unknown {
  return viewer === null ? cell.value : viewer(cell)
}

/** Asks `test`, whose peeks see words as `view` gives them. */
export function whileViewing(view: (cell: Cell) => unknown, test: () => boolean): boolean {
  viewer = view
  try {
    return test()
  } finally {
    viewer = null
  }
}

export function setMachine(m: Machine | null): void {
  theMachine = m
}

export function setRunning(f: Frame | null): void {
  theFrame = f
}
