/**
 * How many runs will a search take that is done in parts?
 *
 * The search tree is divided evenly: a node's children have equal shares of what the node has (Kilby, Slaney, Thiébaux, Walsh,
 * "Estimating search tree size", AAAI 2006). What is left to try has a known share (share.ts), so the share that is done is known
 * too, in whatever order and wherever it was done; runs so far, divided by that share, estimate the total. The error bars are
 * those of a ratio: chunks of the search differ in how many runs they had for their share.
 */
import type { Total } from './estimate.ts'

/** A part of the search that is done: so many runs, for such a share of the tree. */
export interface Chunk {
  readonly leaves: number
  readonly share: number
}

/** More are joined two by two, so that memory stays the same. Few, for neighbours in a tree are alike. */
const CHUNKS = 16
const LEAST_CHUNKS = 8
/** 95% of Student's t with the least number of chunks are within so many standard errors. */
const STUDENT = 2.36
const ROUNDING = 1e-9

export class ShareEstimate {
  private full: Chunk[] = []
  private open: Chunk = { leaves: 0, share: 0 }
  private perChunk = 1

  /** So many more runs are done, and such a share. The share is negative where the search turned out to be wider than it was known to be. */
  add(leaves: number, share: number): void {
    this.open = { leaves: this.open.leaves + leaves, share: this.open.share + share }
    if (this.open.leaves < this.perChunk) return
    this.full.push(this.open)
    this.open = { leaves: 0, share: 0 }
    if (this.full.length < CHUNKS) return
    this.perChunk *= 2
    this.full = this.full.flatMap((chunk, i) => (i % 2 === 0 ? [joined(chunk, this.full[i + 1]!)] : []))
  }

  chunks(): Chunk[] {
    const { full, open } = this
    return open.leaves === 0 && open.share === 0 ? full.slice() : [...full, open]
  }

  total(): Total {
    const { leaves, share } = this.chunks().reduce(joined, { leaves: 0, share: 0 })
    if (leaves === 0 || share <= 0) return { mean: Number.NaN, low: leaves, high: Infinity, fractionDone: 0 }
    if (share >= 1 - ROUNDING) return { mean: leaves, low: leaves, high: leaves, fractionDone: 1 }
    const mean = leaves / share
    const off = STUDENT * this.standardError(mean, share) * Math.sqrt(1 - share)
    if (Number.isNaN(off)) return { mean, low: leaves, high: Infinity, fractionDone: share }
    return { mean, low: Math.max(leaves, mean - off), high: mean + off, fractionDone: share }
  }

  /** Of the ratio of runs to share; NaN while there are too few chunks to tell. */
  private standardError(ratio: number, share: number): number {
    const n = this.full.length
    if (n < LEAST_CHUNKS) return Number.NaN
    const squares = this.full.reduce((sum, chunk) => sum + (chunk.leaves - ratio * chunk.share) ** 2, 0)
    return Math.sqrt((squares * n) / (n - 1)) / share
  }
}

function joined(a: Chunk, b: Chunk): Chunk {
  return { leaves: a.leaves + b.leaves, share: a.share + b.share }
}
