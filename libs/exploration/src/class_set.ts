/** The fingerprints of the classes that were run. */

/** No fingerprint: they are not negative. */
const FREE = -1
const LEAST_PLACES = 1024
/** A bound on how full the table gets. */
const LOAD = 0.5
/** How many are kept: memory is to have a bound. */
const MOST = 2 ** 20

/** Open addressing, linear probing, in a typed array: a Set makes an object of each number of more than 31 bits. */
export class ClassSet {
  private table = new Float64Array(LEAST_PLACES).fill(FREE)
  private size = 0

  /** True if the fingerprint is not there. Adds it, unless there are too many. */
  add(fingerprint: number): boolean {
    const at = this.place(fingerprint)
    if (this.table[at] === fingerprint) return false
    if (this.size === MOST) return true
    this.table[at] = fingerprint
    this.size++
    if (this.size > this.table.length * LOAD) this.grow()
    return true
  }

  /** All of them, in no order. */
  values(): Float64Array {
    const out = new Float64Array(this.size)
    let count = 0
    // Not by `filter`: it makes an object of each number.
    for (const fingerprint of this.table) if (fingerprint !== FREE) out[count++] = fingerprint
    return out
  }

  /** The place where it is, or where it belongs. Fingerprints are hashes: their lowest bits are as good as any. */
  private place(fingerprint: number): number {
    const { table } = this
    const mask = table.length - 1
    let at = fingerprint & mask
    while (table[at] !== FREE && table[at] !== fingerprint) at = (at + 1) & mask
    return at
  }

  private grow(): void {
    const before = this.table
    this.table = new Float64Array(before.length * 2).fill(FREE)
    for (const fingerprint of before)
      if (fingerprint !== FREE) this.table[this.place(fingerprint)] = fingerprint
  }
}
