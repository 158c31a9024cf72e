/**
 * Seeded chance for schedulers: one independent stream for each run, so that run n is the same whatever ran before it.
 *
 * Words come from pure-rand's xoroshiro128plus. A number below n is the high part of `word * n`, with the rejection of D. Lemire
 * ("Fast Random Integer Generation in an Interval", ACM Transactions on Modelling and Computer Simulation 2019): no division in
 * the common case, and no bias.
 */
// cspell:ignore xoroshiro
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'
import { mix } from '../fingerprint.ts'

const WORDS = 0x1_0000_0000
const PER_WORD = 1 / WORDS

export class Chance {
  private generator: RandomGenerator

  /** @param seed of all runs, a 32-bit integer */
  constructor(seed: number, run = 0) {
    this.generator = streamOf(seed, run)
  }

  /** Begins the stream of another run. */
  reset(seed: number, run: number): void {
    this.generator = streamOf(seed, run)
  }

  /** 30 random bits: a small integer in every engine. */
  bits(): number {
    return this.generator.next() >>> 2
  }

  /**
   * Each of 0 to n - 1 with the same probability.
   * @param n a positive integer below 2^21: `word * n` has to be exact
   */
  below(n: number): number {
    let product = (this.generator.next() >>> 0) * n
    if (product >>> 0 < n) {
      const rejected = WORDS % n
      while (product >>> 0 < rejected) product = (this.generator.next() >>> 0) * n
    }
    return Math.trunc(product * PER_WORD)
  }
}

function streamOf(seed: number, run: number): RandomGenerator {
  // A state of zeros would stay zero.
  const first = mix(seed, run, 0x27d4eb2f) | 1
  return xoroshiro128plusFromState([
    first,
    mix(seed, run, 0x9e3779b1),
    mix(seed, run, 0x85ebca6b),
    mix(seed, run, 0x165667b1),
  ])
}
