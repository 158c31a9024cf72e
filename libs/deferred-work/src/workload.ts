/** What a workload is: actors on CPUs, written against the contract only. */
import type { Capabilities } from './contract.ts'
import type { Lab } from './lab.ts'

/**
 * The kinds of map that may hold the special field: BPF_MAP_TYPE_ARRAY, _HASH with BPF_F_NO_PREALLOC,
 * _LRU_HASH.
 */
export const MAP_TYPES = ['array', 'hash', 'lru_hash'] as const
export type MapType = (typeof MAP_TYPES)[number]

/**
 * For which task work is submitted: the one that the program runs in (or interrupted), or one on another CPU.
 */
export const TARGETS = ['current', 'other-cpu'] as const
export type Target = (typeof TARGETS)[number]

/** What a workload leaves open. */
export interface Parameters {
  readonly map: MapType
  readonly target: Target
}

/** A race, as a closed program for every design. */
export interface Workload {
  /** Named after its race: `submit-vs-delete`. */
  readonly id: string
  readonly title: string
  /** What is asked of a design, in one sentence. */
  readonly question: string
  /** One sentence for each actor. */
  readonly actors: readonly string[]
  /** The map types that can express it. */
  readonly maps: readonly MapType[]
  readonly targets: readonly Target[]
  /** The capability that the design lacks for this workload; null if it has all. Absent: needs none. */
  readonly needs?: (capabilities: Capabilities) => string | null
  /** How many waits for an rqspinlock may time out because the holder is delayed (NMI, SMI, hypervisor). Absent: none. */
  readonly delayedHolders?: number
  /** Puts the actors on the machine. Runs at boot. */
  build(lab: Lab, parameters: Parameters): void
}
