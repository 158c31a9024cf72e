/**
 * How many leaves has a search tree of which only a part was visited?
 *
 * Knuth, "Estimating the efficiency of backtrack programs" (Mathematics of Computation 29, 1975): a leaf that a random descent
 * reaches with probability p = 1/b1 * 1/b2 * ... is worth 1/p leaves; the mean of that over random descents is the number of leaves.
 * Kilby, Slaney, Thiébaux, Walsh, "Estimating search tree size" (AAAI 2006), the weighted backtrack estimator: a depth-first
 * search is no random descent, so each leaf weighs p. The weighted mean of 1/p is then leaves / sum of p; that sum is the part of
 * the tree that was left behind.
 */
import { Welford } from './welford.ts'

/** A number of leaves. `low` and `high` are meant to hold it in 95 of 100 cases; `high` is Infinity while nothing is known of the error. */
export interface Total {
  readonly mean: number
  readonly low: number
  readonly high: number
  /** The part of the tree that was searched, from 0 to 1; of random descents 0, for they leave nothing behind. */
  readonly fractionDone: number
}

/** 95% of a normal distribution are within so many standard errors, and of Student's t with the least number of batches. */
const NORMAL = 1.96
const STUDENT = 2.36
/** Few, for neighbours in a tree are alike: only large batches differ as the parts of the tree do. */
const BATCHES = 16
/** Fewer say nothing of how they differ. */
const LEAST_BATCHES = 8
/** Sums of 1/b are off by some rounding. */
const ROUNDING = 1e-9

/**
 * Of a depth-first search, leaf by leaf. The part that is done is read off the path to the newest leaf, so a branching that grows
 * while its subtree is searched, as with dynamic reduction, counts from then on.
 *
 * The error bars compare batches of equally many leaves: in a tree that looks alike everywhere they have equally much of it.
 * They are no bound: of a part that looks unlike all that was seen so far, nothing is known. In the searches of `counter(n, k)`
 * they hold the true number for nine tenths of the time.
 */
export class Estimate {
  private leaves = 0
  private done = 0
  /** The weight of each batch. */
  private readonly batches = new Float64Array(BATCHES)
  private perBatch = 1
  private full = 0
  private inBatch = 0
  private weight = 0

  /**
   * The search comes to a leaf.
   * @param branching at each depth, how many branches the node of the path has, as far as known
   * @param index at each depth, how many of them were searched before the present one
   */
  leaf(branching: ArrayLike<number>, index: ArrayLike<number>): void {
    let share = 1
    let done = 0
    for (let depth = 0; depth < branching.length; depth++) {
      share /= branching[depth]!
      done += share * index[depth]!
    }
    this.leaves++
    this.done = done + share
    this.weight += share
    if (++this.inBatch === this.perBatch) this.closeBatch()
  }

  private closeBatch(): void {
    this.batches[this.full++] = this.weight
    this.weight = 0
    this.inBatch = 0
    if (this.full < BATCHES) return
    // Two become one: so memory and time stay the same however long the search.
    this.full /= 2
    this.perBatch *= 2
    for (let i = 0; i < this.full; i++) this.batches[i] = this.batches[2 * i]! + this.batches[2 * i + 1]!
  }

  total(): Total {
    const { leaves, done } = this
    if (leaves === 0) return { mean: Number.NaN, low: 0, high: Infinity, fractionDone: 0 }
    if (done >= 1 - ROUNDING) return { mean: leaves, low: leaves, high: leaves, fractionDone: 1 }
    const mean = leaves / done
    // Without replacement: what was searched has no error any more.
    const off = STUDENT * this.relativeError() * mean * Math.sqrt(1 - done)
    if (Number.isNaN(off)) return { mean, low: leaves, high: Infinity, fractionDone: done }
    return { mean, low: Math.max(leaves, mean - off), high: mean + off, fractionDone: done }
  }

  /** Of the leaves for a given weight, from how the batches differ; NaN while there are too few. */
  private relativeError(): number {
    if (this.full < LEAST_BATCHES) return Number.NaN
    const weights = new Welford()
    for (let i = 0; i < this.full; i++) weights.add(this.batches[i]!)
    return weights.standardError() / weights.mean
  }
}

/**
 * Of random descents, each independent of the others: Knuth's estimator, unbiased in every tree. Where few descents are worth
 * nearly all of it (a comb of n teeth has one that 1 in 2^n descents finds), neither the mean nor the bars know before that.
 */
export class DescentEstimate {
  private readonly worth = new Welford()

  /** A descent came to a leaf. @param branching at each depth, how many branches there were to draw from, evenly */
  leaf(branching: ArrayLike<number>): void {
    let worth = 1
    for (let depth = 0; depth < branching.length; depth++) worth *= branching[depth]!
    this.worth.add(worth)
  }

  total(): Total {
    const { count, mean } = this.worth
    if (count === 0) return { mean: Number.NaN, low: 0, high: Infinity, fractionDone: 0 }
    const off = NORMAL * this.worth.standardError()
    if (Number.isNaN(off)) return { mean, low: 1, high: Infinity, fractionDone: 0 }
    return { mean, low: Math.max(1, mean - off), high: mean + off, fractionDone: 0 }
  }
}
