/**
 * Mean and variance in one pass: Welford, "Note on a method for calculating corrected sums of squares and products"
 * (Technometrics 4(3), 1962).
 */
export class Welford {
  count = 0
  mean = 0
  private squares = 0

  add(value: number): void {
    this.count++
    const off = value - this.mean
    this.mean += off / this.count
    this.squares += off * (value - this.mean)
  }

  /** Of the values; NaN for fewer than two. */
  variance(): number {
    return this.count < 2 ? Number.NaN : this.squares / (this.count - 1)
  }

  /** Of the mean, if the values are independent; NaN for fewer than two. */
  standardError(): number {
    return Math.sqrt(this.variance() / this.count)
  }
}
