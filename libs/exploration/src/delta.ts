/**
 * Delta debugging: `ddmin` of Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input" (IEEE Transactions on
 * Software Engineering 28(2), 2002).
 */

/**
 * Leaves out as much of `items` as `shows` allows, in larger parts first.
 * @param shows does the rest still show what is wanted? Known to be true for all items.
 * @returns items, in their order, of which none can be left out alone
 */
export function ddmin<T>(items: readonly T[], shows: (rest: readonly T[]) => boolean): readonly T[] {
  let kept = items
  for (let parts = 2; kept.length > 0;) {
    parts = Math.min(parts, kept.length)
    const chunks = split(kept, parts)
    const part = parts > 1 ? chunks.find(shows) : undefined
    if (part !== undefined) {
      kept = part
      parts = 2
      continue
    }
    const complements = chunks.map((chunk) => kept.filter((item) => !chunk.includes(item)))
    // Of two parts each is the other's complement: both were tried.
    const complement = parts === 2 ? undefined : complements.find(shows)
    if (complement !== undefined) {
      kept = complement
      parts = Math.max(parts - 1, 2)
    } else if (parts >= kept.length) return kept
    else parts = Math.min(kept.length, parts * 2)
  }
  return kept
}

function split<T>(items: readonly T[], parts: number): T[][] {
  return Array.from({ length: parts }, (_, i) =>
    items.slice(Math.floor((i * items.length) / parts), Math.floor(((i + 1) * items.length) / parts)),
  )
}
