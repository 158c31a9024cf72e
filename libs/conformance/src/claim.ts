/** One thing that the suite asks of a design. */

/** A named check: throws `Unmet` with what was found instead. */
export interface Claim {
  readonly name: string
  readonly check: () => void
}

/** The design does not do what the claim says. */
export class Unmet extends Error {}

/** Throws `Unmet` unless `holds`. */
export function demand(holds: boolean, found: string): asserts holds {
  if (!holds) throw new Unmet(found)
}
