/** Memory that is allocated, freed and given to somebody else. */
import type { Bearer } from './attached.ts'
import { Cell } from './cell.ts'
import { recorder } from './state.ts'

/**
 * One incarnation of an allocation. Its words are the cells that name it as owner.
 * Memory that an allocator hands out again is a new object with the same `address`, so that a pointer compare
 * (`cmpxchg`) sees the same address, while an access through a pointer to the former incarnation is a finding.
 */
export class MemoryObject implements Bearer {
  attachments: Map<object, unknown> | null = null
  readonly name: string
  /** Equal for all incarnations of one piece of memory. */
  readonly address: number
  /** Written by alloc and free, read by every access: this makes a free conflict with each use. */
  readonly life: Cell<'live' | 'freed'>
  /** The step that freed it; -1 while it lives. */
  freedAt = -1
  /** The incarnation that the allocator gave out afterwards on the same address. */
  reusedAs: MemoryObject | null = null
  /** False for memory that nobody has to free (static data, per-CPU areas). */
  readonly mustBeFreed: boolean

  constructor(name: string, address: number, mustBeFreed = true) {
    this.name = name
    this.address = address
    this.mustBeFreed = mustBeFreed
    this.life = new Cell<'live' | 'freed'>(`${name} (memory)`, 'live')
    recorder?.objectMade(this)
  }
}

/** A kernel struct that lives in allocated memory: every pointer to it can be tested for staleness. */
export interface Allocated {
  readonly object: MemoryObject
}
