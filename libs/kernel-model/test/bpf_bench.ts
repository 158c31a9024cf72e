/**
 * What the tests of maps, programs and the allocator share: stepping by the name of the operation, and a
 * special field.
 */
import { Cell, type KernelPath, type MemoryObject } from '../src/machine/index.ts'
import { atomic_inc } from '../src/linux/atomic.ts'
import { live_objects } from '../src/linux/slab.ts'
import type { bpf_map_value, btf_record } from '../src/bpf/map.ts'
import { Drive } from './drive.ts'

export class BpfBench extends Drive {
  /** The operation in front of which a frame is suspended. */
  op(frame: number): string | null {
    return this.machine.frames[frame]!.next?.op ?? null
  }

  done(frame: number): boolean {
    return this.machine.frames[frame]!.state === 'done'
  }

  /** Steps the frame until it is suspended in front of `op`. */
  stepTo(frame: number, op: string): void {
    for (let i = 0; i < 1000; i++) {
      if (this.op(frame) === op) return
      if (this.done(frame)) break
      this.step(frame)
    }
    throw new Error(`${op} was not reached, but ${String(this.op(frame))}`)
  }

  /** Steps the frame until it is done or the machine halted. */
  finishOrHalt(frame: number): void {
    while (!this.done(frame) && !this.machine.halted) this.step(frame)
  }

  /** Takes moves as a number generator chooses them, until none is left. */
  runRandomly(seed: number, limit = 10_000): void {
    let state = seed >>> 0
    for (let i = 0; i < limit; i++) {
      const moves = this.machine.moves()
      if (moves.length === 0) return
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      this.machine.perform(moves[(state >>> 8) % moves.length]!)
    }
    throw new Error('no rest')
  }

  live(): string[] {
    return live_objects().map((object: MemoryObject) => object.name)
  }
}

/** A special field that counts how often it was freed. */
export class CountedField {
  readonly freed: Cell<number>

  constructor(value: bpf_map_value) {
    this.freed = new Cell<number>(`${value.name} freed`, 0)
  }
}

/** A record whose obj_free_field counts in the value's CountedField; one step. */
export function countingRecord(release_uref = true): btf_record {
  return { init_field: (value) => new CountedField(value), obj_free_field: countFree, release_uref }
}

function* countFree(value: bpf_map_value): KernelPath {
  yield* atomic_inc((value.field as CountedField).freed)
}

/** How often the field of this slot was freed. */
export function timesFreed(value: bpf_map_value): number {
  return (value.field as CountedField).freed.peek()
}
