/** How long a schedule may get, in steps. */

/** An exploration takes a longer schedule for one that does not end. */
export const MOST_STEPS = 5000

/** A path through new states may be so many times longer than a schedule that the reduction has to run. */
const LONGER = 4

/** Of a schedule that is known and run again: one that either explorer found goes to its end. */
export function longestKnown(maxSteps = MOST_STEPS): number {
  return LONGER * maxSteps
}
