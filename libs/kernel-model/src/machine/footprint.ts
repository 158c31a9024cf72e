/**
 * What one performed step touched: the only thing an engine needs to know about it.
 *
 * An entry is `cell id * 32 + kind * 4 + bits`. Two steps of different CPUs commute unless a word of both is in
 * `conflict`. Writes of one kind commute with each other, and with nothing else: which state they leave, and what
 * each of them gives, is the same in either order.
 *
 * Gets and puts of a reference count commute unless one of them sees zero, and that is nothing that two of them can say: of three
 * puts from three, each two could change places, and all three cannot. So it is asked of the count (reference_count.ts): its gets and
 * puts are of kinds that commute only while an engine has made sure that none of them can see zero in another order.
 */

/** Bit of an entry: the step changed the word. */
export const WRITES = 1
/** Bit of an entry: the step could not have been performed for other values of the word. */
export const AWAITS = 2

/** How a write changed its word. */
export const WriteKind = {
  /** In a way that nothing commutes with. */
  None: 0,
  /**
   * Adds a number, and gives nothing: `atomic_add()`, `refcount_inc()` of a count that is not zero. For a word of one such type:
   * a refcount_t that something else adds to might be taken below zero in one order only.
   */
  Add: 1,
  /** Adds to a collection whose order nobody observes, and gives nothing. */
  Insert: 2,
  /** One reference more, of a count that was not zero. */
  Get: 4,
  /** One reference less, of a count that is not zero then either. */
  Put: 5,
  /** The last reference less. */
  LastPut: 6,
} as const
export type WriteKind = (typeof WriteKind)[keyof typeof WriteKind]

/** An entry. */
export function entryOf(cell: number, bits: number, kind: WriteKind = WriteKind.None): number {
  return (cell << 5) | (kind << 2) | bits
}

/** The id of an entry's cell. */
export function cellOf(entry: number): number {
  return entry >> 5
}

/** The WriteKind of an entry; None for a word that was not written. */
export function kindOf(entry: number): number {
  return (entry >> 2) & 7
}

/** Must two entries of one schedule stay in their order? Each as the step left it at its place in the schedule. */
export function conflict(a: number, b: number): boolean {
  if (a >> 5 !== b >> 5 || ((a | b) & WRITES) === 0) return false
  const kind = commutingWith(a)
  return kind === WriteKind.None || kind !== commutingWith(b)
}

/** The kind of an entry; one for gets and puts, which commute with each other. */
function commutingWith(entry: number): number {
  return Math.min(kindOf(entry), WriteKind.Get)
}

/**
 * The words that a step touched, in the first `count` elements of `entries` and `values`. Reused from step to step: copy what you
 * keep.
 */
export class Footprint {
  count = 0
  readonly entries: number[] = []
  /** For each entry: the value that the word had before the step. */
  readonly values: unknown[] = []
  /** False while nobody looks: replays of what is known, and the end of a schedule. */
  recording = true

  /** A copy of the entries. */
  get touched(): number[] {
    return this.entries.slice(0, this.count)
  }

  /** A copy of the values from before the step, as `touched`. */
  get before(): unknown[] {
    return this.values.slice(0, this.count)
  }

  clear(): void {
    this.count = 0
  }

  /** Adds a word, or the bits to the entry that it has already. A word touched in two ways is of kind None, and one of two gets. */
  add(cell: number, bits: number, before: unknown, kind: WriteKind = WriteKind.None): void {
    if (!this.recording) return
    const { entries, count } = this
    for (let i = 0; i < count; i++) {
      const entry = entries[i]!
      if (entry >> 5 === cell) {
        const isSame = kindOf(entry) === kind && kind < WriteKind.Get
        entries[i] = isSame ? entry | bits : (entry | bits) & ~28
        return
      }
    }
    entries[count] = entryOf(cell, bits, kind)
    this.values[count] = before
    this.count = count + 1
  }
}
