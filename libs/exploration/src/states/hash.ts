/** Hashes of 64 bits as two lanes of 32, which differ in their seeds. Names are numbered, not hashed: they cannot collide. */
import { mix } from '../fingerprint.ts'

const SEED_A = 0x27d4eb2f
const SEED_B = 0x165667b1

/** A hash under construction; each word changes both lanes. */
export class Hash {
  a = SEED_A | 0
  b = SEED_B | 0

  /** Adds a word of 32 bits. Order matters. */
  add(word: number): this {
    this.a = mix(this.a, word, SEED_A)
    this.b = mix(this.b, word, SEED_B)
    return this
  }

  addHash(other: Lanes): this {
    this.a = mix(this.a, other.a, SEED_A)
    this.b = mix(this.b, other.b, SEED_B)
    return this
  }
}

/** A hash that is done. */
export interface Lanes {
  readonly a: number
  readonly b: number
}

/** The hash of a set: the sum of its members' hashes, in whichever order. */
export class SetHash {
  a = 0
  b = 0

  add(member: Lanes): void {
    this.a = (this.a + member.a) | 0
    this.b = (this.b + member.b) | 0
  }
}

/** Numbers for names and for hashes, equal in all runs of one exploration. */
export class Numbering {
  /** Did a walk through a state give a name, after boot? Then each run has to walk through each of its states. */
  walksName = false
  private readonly numbers = new Map<string | symbol, number>()

  of(name: string | symbol): number {
    let number = this.numbers.get(name)
    if (number === undefined) this.numbers.set(name, (number = this.numbers.size))
    return number
  }

  ofHash(hash: Lanes): number {
    return this.of(`${hash.a},${hash.b}`)
  }
}
