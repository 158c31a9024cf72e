/** What one performed step touched: the only thing an engine needs to know about it. */

/**
 * A list of touched words, each packed as `cell id * 4 + bits`. Reused from step to step: copy what you keep.
 * Two steps of different CPUs commute unless they share a word that at least one of them writes.
 */
export class Footprint {
  readonly touched: number[] = []
  /** False while nobody looks: replays of what is known, and the end of a schedule. */
  recording = true
  /** For each entry of `touched`: the value that the word had before the step. */
  readonly before: unknown[] = []

  clear(): void {
    this.touched.length = 0
    this.before.length = 0
  }

  /** Adds a word, or adds the bits to the entry that it has already. */
  add(cell: number, bits: number, before: unknown): void {
    if (!this.recording) return
    for (let i = 0; i < this.touched.length; i++) {
      const entry = this.touched[i]!
      if (entry >> 2 === cell) {
        this.touched[i] = entry | bits
        return
      }
    }
    this.touched.push((cell << 2) | bits)
    this.before.push(before)
  }
}

/** Bit of a footprint entry: the step changed the word. */
export const WRITES = 1
/** Bit of a footprint entry: the step could not have been performed for other values of the word. */
export const AWAITS = 2
