/** The machine and the frame that run now: what `this_cpu`, `current` and `in_nmi()` refer to. */
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

export function setMachine(m: Machine | null): void {
  theMachine = m
}

export function setRunning(f: Frame | null): void {
  theFrame = f
}
