/** The fingerprints of the states that were reached, each with its number; and how likely it is that two of them are one. */
import type { Lanes } from './hash.ts'

const FREE = -1
/** A bound on how full the table gets. */
const LOAD = 0.5

/** Open addressing, linear probing, in typed arrays: 12 bytes for each place. */
export class FingerprintSet {
  private mask: number
  private a: Int32Array
  private b: Int32Array
  private number: Int32Array
  /** How many there are; the newest has the number `size - 1`. */
  size = 0

  /** `places`: a power of two. */
  constructor(places = 1024) {
    this.mask = places - 1
    this.a = new Int32Array(places)
    this.b = new Int32Array(places)
    this.number = new Int32Array(places).fill(FREE)
  }

  /** The number of the fingerprint; -1 if it is not there. */
  find(fingerprint: Lanes): number {
    return this.number[this.place(fingerprint.a, fingerprint.b)]!
  }

  /** Adds a fingerprint that is not there; gives its number. */
  add(fingerprint: Lanes): number {
    if (this.size + 1 > this.number.length * LOAD) this.grow()
    this.put(fingerprint.a, fingerprint.b, this.size)
    return this.size++
  }

  /** The place where it is, or where it belongs. */
  private place(a: number, b: number): number {
    let at = (a ^ (b << 7)) & this.mask
    while (this.number[at] !== FREE && (this.a[at] !== a || this.b[at] !== b)) at = (at + 1) & this.mask
    return at
  }

  private put(a: number, b: number, number: number): void {
    const at = this.place(a, b)
    this.a[at] = a
    this.b[at] = b
    this.number[at] = number
  }

  private grow(): void {
    const larger = new FingerprintSet(this.number.length * 2)
    this.number.forEach((number, at) => {
      if (number !== FREE) larger.put(this.a[at]!, this.b[at]!, number)
    })
    this.mask = larger.mask
    this.a = larger.a
    this.b = larger.b
    this.number = larger.number
  }

  /** All of them, ascending, as unsigned numbers of 64 bits. */
  private sorted(): BigUint64Array {
    const words = new Uint32Array(this.size * 2)
    let next = 0
    this.number.forEach((number, at) => {
      if (number === FREE) return
      words[next++] = this.a[at]!
      words[next++] = this.b[at]!
    })
    return new BigUint64Array(words.buffer).sort()
  }

  /**
   * Estimated from the fingerprints themselves: 1 / the least distance between two of them; 0 below two.
   * After Lamport, Specifying Systems, section 14.3.3, and `checkFPs` of TLC.
   */
  observedCollision(): number {
    const all = this.sorted()
    let least: bigint | null = null
    for (let i = 1; i < all.length; i++) {
      const distance = all[i]! - all[i - 1]!
      if (least === null || distance < least) least = distance
    }
    return least === null ? 0 : 1 / Number(least)
  }
}

/**
 * The probability that a state was taken for another one, if fingerprints were random: each of the `generated - distinct`
 * arrivals at a known fingerprint was compared with `distinct` of them. TLC calls it "calculated (optimistic)".
 */
export function calculatedCollision(distinct: number, generated: number): number {
  return (distinct * (generated - distinct)) / 2 ** 64
}
