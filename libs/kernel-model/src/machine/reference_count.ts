/**
 * Counts of references, and of which the order of gets and puts is left open.
 *
 * Two gets or puts of one count commute unless one of them sees zero: finds it, or leaves it. Whether one could is a question to all
 * of them in all schedules. An engine that can answer it gives its machines an `OrderedCounts`, which names the counts of which
 * one does; of all others gets and puts commute. A machine without one keeps the order of all.
 */
import { Cell } from './cell.ts'
import type { MemoryObject } from './memory_object.ts'
import { machine } from './running.ts'
import { generic } from './trace.ts'

/** The word of an atomic_t or refcount_t that counts references: gets and puts change it, at most one at a time. */
export class ReferenceCount extends Cell<number> {
  constructor(name: string, value: number, owner: MemoryObject | null = null) {
    super(name, value, owner)
    machine().references.push(this)
  }
}

/** The counts of which gets and puts are kept in order. By name, without what tells instances apart: all schedules have these. */
export class OrderedCounts {
  private readonly counts: Set<string>

  constructor(names: Iterable<string> = []) {
    this.counts = new Set(names)
  }

  get size(): number {
    return this.counts.size
  }

  has({ name }: ReferenceCount): boolean {
    return this.counts.size > 0 && this.counts.has(generic(name))
  }

  add({ name }: ReferenceCount): void {
    this.counts.add(generic(name))
  }

  /** Sorted. */
  names(): string[] {
    return [...this.counts].toSorted()
  }
}
