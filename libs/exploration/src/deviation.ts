/** One departure from the plain schedule, which never preempts. */

/** At step `step`, take `moves()[index]` instead of the plain choice. */
export interface Deviation {
  readonly step: number
  readonly index: number
}

/** The plain choice: the frame of the last step goes on if it can, else the first move. */
export function plainChoice(moves: readonly number[], lastFrame: number): number {
  const same = moves.findIndex((move) => move >> 4 === lastFrame)
  return same < 0 ? 0 : same
}
