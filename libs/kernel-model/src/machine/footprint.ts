/**
 * What one performed step touched: the only thing an engine needs to know about it.
 *
 * An entry is `cell id * 16 + kind * 4 + bits`. Two steps of different CPUs commute unless a word of both is in
 * `conflict`. Writes of one kind commute with each other, and with nothing else: which state they leave, and what
 * each of them gives, is the same in either order.
 *
 * Gets of a reference count commute, as adds do. Puts do not, though most pairs of them would: of three puts from three, each two
 * could change places, and all three cannot, since one of them sees zero. Whether two commute would depend on the others, and then
 * equivalent schedules are no longer those with the same order of conflicting steps. Nor do a get and a put: with count one, in `get
 * get put` the put may come before one of the gets, whichever comes first, but not before both.
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
} as const
export type WriteKind = (typeof WriteKind)[keyof typeof WriteKind]

/** The id of an entry's cell. */
export function cellOf(entry: number): number {
  return entry >> 4
}

/** The WriteKind of an entry; None for a word that was not written. */
export function kindOf(entry: number): number {
  return (entry >> 2) & 3
}

/** Must two entries of one schedule stay in their order? Each as the step left it at its place in the schedule. */
export function conflict(a: number, b: number): boolean {
  if (a >> 4 !== b >> 4 || ((a | b) & WRITES) === 0) return false
  const kind = kindOf(a)
  return kind === WriteKind.None || kind !== kindOf(b)
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

  /** Adds a word, or the bits to the entry that it has already. A word touched in two ways is of kind None. */
  add(cell: number, bits: number, before: unknown, kind: WriteKind = WriteKind.None): void {
    if (!this.recording) return
    const { entries, count } = this
    for (let i = 0; i < count; i++) {
      const entry = entries[i]!
      if (entry >> 4 === cell) {
        entries[i] = kindOf(entry) === kind ? entry | bits : (entry | bits) & ~12
        return
      }
    }
    entries[count] = (cell << 4) | (kind << 2) | bits
    this.values[count] = before
    this.count = count + 1
  }
}
