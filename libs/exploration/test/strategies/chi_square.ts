/** Pearson's test: the probability that counts that all have the same expectation differ by as much as these, or more. */
export function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((a, b) => a + b, 0) / counts.length
  const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  return upperTail(statistic, counts.length - 1)
}

/** Of the chi-square distribution, by the cube root that Wilson and Hilferty (1931) found to be nearly normal. */
function upperTail(statistic: number, freedom: number): number {
  const spread = 2 / (9 * freedom)
  const z = (Math.cbrt(statistic / freedom) - (1 - spread)) / Math.sqrt(spread)
  return 1 - normal(z)
}

/** The standard normal distribution function (Zelen and Severo, 26.2.17 in Abramowitz and Stegun): off by less than 1e-7. */
function normal(z: number): number {
  if (z < 0) return 1 - normal(-z)
  const t = 1 / (1 + 0.2316419 * z)
  const poly =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly
}
