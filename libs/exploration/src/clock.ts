/** Vector clocks over frames: `clock[f]` counts events of frame f. An entry that is absent is 0. */

/** Raises `into` to the least clock that is at or after both. */
export function joinInto(into: number[], from: readonly number[]): void {
  for (let i = 0; i < from.length; i++) {
    const value = from[i]!
    if (i >= into.length) into.push(value)
    else if (value > into[i]!) into[i] = value
  }
}
