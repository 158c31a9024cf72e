/** What a schedule consists of, as the engine sees it: one step of one frame. */
import type { Level } from '@bottom-half/kernel-model'

/**
 * The outcome of an event that is no step of the machine: from here on the handler may have to wait, or it has crashed, and holds up
 * what it interrupted.
 */
export const ARRIVAL = 16
/** `CHOICE + n`, likewise: which way the frame's next step will turn out is decided now. */
export const CHOICE = 32

/** Does the machine do nothing for this event? */
export function isSilent(outcome: number): boolean {
  return outcome >= ARRIVAL
}

/** A step of a frame, named as in any schedule of the exploration. */
export interface Action {
  /** `FrameRecord.id`. */
  readonly id: number
  readonly outcome: number
}

/** What is needed of an event that is not, or not at that place, in the schedule. */
export type PlainEvent = Pick<
  Event,
  'id' | 'ordinal' | 'outcome' | 'cpu' | 'level' | 'touched' | 'added' | 'exited'
>

/** Have they one name? */
export function isSame(a: PlainEvent, b: PlainEvent): boolean {
  return a.id === b.id && a.ordinal === b.ordinal
}

/** One performed step. Its frame is an index into `EventLog.frames`; clocks are by `FrameRecord.id`. */
export interface Event extends Action {
  readonly frame: number
  readonly cpu: number
  readonly level: Level
  /** Position in its frame, from 1. */
  readonly ordinal: number
  /** Where the default schedule has it: see order.ts. */
  readonly key: readonly number[]
  /** Footprint entries. */
  readonly touched: readonly number[]
  /** clock[f]: how many events of frame f happen before this one, itself included. */
  readonly clock: readonly number[]
  /** The clock without the conflict edges: what must come before in any schedule. */
  readonly base: readonly number[]
  /** Events that conflict with this one, and positions that it depends on (edges 2 and 5). */
  readonly conflicts: readonly number[]
  readonly exited: boolean
  /** A time-out that came since nothing else could move (edge 6). */
  readonly timeout: boolean
  /**
   * When it was added. The order of the events is one that the stacks can execute; where something was put before an open
   * handler that it does not depend on, it is not the order in which they were added.
   */
  readonly added: number
  /** Was it put here by the reversal of a race? */
  readonly reversed: boolean
  /** Did a blocked run go on with it all the same? */
  repeated: boolean
  /** Its part in the fingerprint of the class. */
  readonly hash: readonly [number, number]
}

/** What is known of a frame at the present end of the schedule. */
export interface FrameRecord {
  /** Equal for frames of one name in all schedules of an exploration. */
  readonly id: number
  readonly name: string
  readonly events: number[]
  /** The event that created it; -1 for a frame of the boot. */
  readonly creator: number
  readonly cpu: number
  readonly level: Level
  readonly nameHash: number
  /** Position in the order in which the default schedule takes frames. */
  readonly rank: number
  /** Where the default schedule has its first event, unless that has to wait. */
  readonly key: readonly number[]
  /** Its last event, once it is done; else -1. */
  end: number
  /** A self-IPI: the event after which its CPU had to take it; -1 before. */
  enabledBy: number
  /** Its last arrival; -1 if there was none. */
  arrived: number
}

/** What `detach` took away, for `attach`. */
export interface Detached {
  readonly events: readonly Event[]
  readonly frames: readonly FrameRecord[]
  readonly enabledBy: readonly number[]
}

/** How an event came to be. */
export interface Origin {
  readonly timeout?: boolean
  readonly reversed?: boolean
  readonly repeated?: boolean
  /** Absent: it is new. */
  readonly added?: number
  /** Absent: it did not have to wait. */
  readonly key?: readonly number[]
}
