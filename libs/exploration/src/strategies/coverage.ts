/**
 * What a sample of schedules tells about the classes that it did not meet: species-richness estimation, classes being the
 * species and schedules the individuals.
 *
 * - Richness: Chao1 (A. Chao: "Nonparametric estimation of the number of classes in a population", Scandinavian Journal of Statistics 1984), with the
 *   log-normal interval of Chao, "Estimating the population size for capture-recapture data with unequal catchability",
 *   Biometrics 1987. It is exact on average if all unseen classes are equally likely, and a lower bound otherwise.
 * - Coverage: the Good-Turing estimate (I. J. Good, Biometrika 1953) of the probability that one more schedule of the same strategy
 *   shows a class that was seen, with the interval of W. Esty: "A normal limit law for a nonparametric estimator of the coverage of a
 *   random sample", Annals of Statistics 1983.
 *
 * Both presume that schedules are drawn independently from one distribution, as those of a random strategy nearly are. Both speak
 * of that distribution only: of n schedules, classes that the strategy meets less often than once in n leave no trace, be they many. So
 * `classes` is a lower bound on what there is, and a coverage of 1 means that this strategy has little left to show, never
 * that all was covered.
 */

/** Of a normal distribution, on both sides: 95 %. */
const Z = 1.959964

/** An estimate with its 95 % confidence interval. */
export interface Estimate {
  readonly estimate: number
  readonly low: number
  readonly high: number
}

/** What is known of the classes behind a sample. */
export interface Coverage {
  /** Schedules. */
  readonly sampled: number
  /** Distinct classes among them. */
  readonly distinct: number
  /** Classes that were met once, and twice. */
  readonly singletons: number
  readonly doubletons: number
  /** How many classes there are, at least. */
  readonly classes: Estimate
  /** The probability that the next schedule is of a class that was seen. */
  readonly seen: Estimate
}

/** Counts how often each class was met. */
export class ClassCounts {
  private readonly counts = new Map<number, number>()
  private sampled = 0
  private singletons = 0
  private doubletons = 0

  add(fingerprint: number): void {
    const before = this.counts.get(fingerprint) ?? 0
    this.counts.set(fingerprint, before + 1)
    this.sampled++
    if (before === 0) this.singletons++
    if (before === 1) {
      this.singletons--
      this.doubletons++
    }
    if (before === 2) this.doubletons--
  }

  get distinct(): number {
    return this.counts.size
  }

  coverage(): Coverage {
    return coverageOf(this.sampled, this.counts.size, this.singletons, this.doubletons)
  }
}

/**
 * @param n schedules
 * @param distinct classes among them
 * @param f1 how many classes were met once
 * @param f2 how many were met twice
 */
export function coverageOf(n: number, distinct: number, f1: number, f2: number): Coverage {
  return {
    sampled: n,
    distinct,
    singletons: f1,
    doubletons: f2,
    classes: richness(n, distinct, f1, f2),
    seen: goodTuring(n, f1, f2),
  }
}

function richness(n: number, distinct: number, f1: number, f2: number): Estimate {
  if (f1 === 0) return { estimate: distinct, low: distinct, high: distinct }
  const a = (n - 1) / n
  const unseen = f2 > 0 ? (a * f1 * f1) / (2 * f2) : (a * f1 * (f1 - 1)) / 2
  const variance = f2 > 0 ? varianceWithDoubletons(a, f1, f2) : varianceWithout(a, f1, distinct + unseen)
  const estimate = distinct + unseen
  if (unseen === 0) {
    // One singleton, no doubleton: nothing is estimated to be left, and nothing is known about it either.
    return { estimate, low: distinct, high: Infinity }
  }
  const spread = Math.exp(Z * Math.sqrt(Math.log(1 + variance / (unseen * unseen))))
  return { estimate, low: distinct + unseen / spread, high: distinct + unseen * spread }
}

function varianceWithDoubletons(a: number, f1: number, f2: number): number {
  const r = f1 / f2
  return f2 * ((a / 2) * r ** 2 + a ** 2 * r ** 3 + (a ** 2 / 4) * r ** 4)
}

function varianceWithout(a: number, f1: number, estimate: number): number {
  return (a * f1 * (f1 - 1)) / 2 + (a ** 2 * f1 * (2 * f1 - 1) ** 2) / 4 - (a ** 2 * f1 ** 4) / (4 * estimate)
}

function goodTuring(n: number, f1: number, f2: number): Estimate {
  if (n === 0) return { estimate: 0, low: 0, high: 1 }
  const estimate = 1 - f1 / n
  const half = (Z * Math.sqrt(f1 * (1 - f1 / n) + 2 * f2)) / n
  return { estimate, low: Math.max(0, estimate - half), high: Math.min(1, estimate + half) }
}
