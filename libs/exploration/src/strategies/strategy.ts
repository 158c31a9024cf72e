/**
 * The seam between what runs schedules (sample.ts) and what decides them: one file for each strategy.
 *
 * A move is `frame index * 16 + outcome`. The moves of one frame stand next to each other in the list.
 */
import type { Machine } from '@bottom-half/kernel-model'
import type { Chance } from './chance.ts'

export interface Strategy {
  readonly name: string
  /** Does the run that begins need `machine.footprint`? Asked after each `begin`: recording costs time. */
  readonly footprints: boolean
  /**
   * A run begins, from boot.
   * @param run counts from 0
   * @param chance of this run; the same for the same seed and run
   * @returns false if nothing is left to run
   */
  begin(run: number, chance: Chance): boolean
  /**
   * Decides the next step.
   * @param moves what is possible, at least one; valid until `choose` returns
   * @param step how many moves of this run were performed
   * @returns one of the moves
   */
  choose(machine: Machine, moves: readonly number[], step: number): number
  /** The move was performed: `machine.event` and, if asked for, `machine.footprint` describe it. */
  performed?(machine: Machine): void
  /**
   * The run is over.
   * @param complete false if it was cut since it had too many steps
   */
  end?(machine: Machine, complete: boolean): void
  /** The equivalence class of the run that has just ended (EventLog.classHash), if the strategy has it anyway. */
  fingerprint?(): number
}

/** How many frames can move. */
export function framesOf(moves: readonly number[]): number {
  let frames = 0
  let last = -1
  for (let i = 0; i < moves.length; i++) {
    const frame = moves[i]! >> 4
    if (frame !== last) frames++
    last = frame
  }
  return frames
}

/** The `nth` frame that can move, from 0. */
export function frameAt(moves: readonly number[], nth: number): number {
  let last = -1
  for (let i = 0, left = nth; i < moves.length; i++) {
    const frame = moves[i]! >> 4
    if (frame === last) continue
    if (left-- === 0) return frame
    last = frame
  }
  return last
}

/** One of the moves of the frame, which way its step turns out being drawn evenly. */
export function moveOf(moves: readonly number[], frame: number, chance: Chance): number {
  let first = 0
  while (moves[first]! >> 4 !== frame) first++
  let after = first + 1
  while (after < moves.length && moves[after]! >> 4 === frame) after++
  return moves[after - first === 1 ? first : first + chance.below(after - first)]!
}
