/** Hashes of values: of what a path observed, and of all that can be reached from the words of a machine. */
import { Attached, Cell, Cpu, Frame, Machine, MemoryObject } from '@bottom-half/kernel-model'
import { Hash, type Lanes, type Numbering, SetHash } from './hash.ts'
import type { Identities } from './identity.ts'
import { NoState } from './no_state.ts'

const Kind = {
  Null: 1,
  Undefined: 2,
  True: 3,
  False: 4,
  Integer: 5,
  Number: 6,
  String: 7,
  BigInt: 8,
  Symbol: 9,
  Named: 10,
  Array: 11,
  Set: 12,
  Map: 13,
  Plain: 14,
  Machine: 15,
  Attachment: 16,
} as const

const DEEPEST = 200

const isPlain = (value: object): boolean => Object.getPrototypeOf(value) === Object.prototype
/** Those whose content is part of the state by itself. */
const isOpaque = (value: object): boolean =>
  value instanceof Cell || value instanceof Frame || value instanceof Cpu

/** Makes hashes of the values of one run. */
export class Contents {
  private readonly identities: Identities
  private readonly numbering: Numbering
  /** While walking: what was reached and has to be looked into. Null otherwise. */
  private reached: Set<object> | null = null
  /** Do plain objects count by their content alone? */
  private byContent = true

  constructor(identities: Identities, numbering: Numbering) {
    this.identities = identities
    this.numbering = numbering
  }

  /** Adds what a path sees of a value: names of what has one, content of what was made for it. */
  add(hash: Hash, value: unknown, depth = 0): void {
    if (typeof value === 'object' && value !== null) this.addObject(hash, value, depth)
    else if (typeof value === 'function') hash.add(Kind.Named).addHash(this.identities.of(value))
    else this.addPrimitive(hash, value)
  }

  private addPrimitive(hash: Hash, value: unknown): void {
    if (value === null) hash.add(Kind.Null)
    else if (value === undefined) hash.add(Kind.Undefined)
    else if (typeof value === 'boolean') hash.add(value ? Kind.True : Kind.False)
    else if (typeof value === 'string') hash.add(Kind.String).add(this.numbering.of(value))
    else if (typeof value === 'symbol') hash.add(Kind.Symbol).add(this.numbering.of(value))
    else if (typeof value === 'bigint') hash.add(Kind.BigInt).add(this.numbering.of(value.toString()))
    else if (typeof value !== 'number') throw new NoState(`no state has a value of type ${typeof value}`)
    else if ((value | 0) === value) hash.add(Kind.Integer).add(value)
    else hash.add(Kind.Number).add(this.numbering.of(value.toString()))
  }

  private addObject(hash: Hash, value: object, depth: number): void {
    if (depth > DEEPEST) throw new NoState('a value of a state contains itself')
    if (Array.isArray(value)) this.addArray(hash, value, depth)
    else if (value instanceof Set) hash.add(Kind.Set).addHash(this.setOf([...value], depth))
    else if (value instanceof Map) hash.add(Kind.Map).addHash(this.entriesOf(value, depth))
    else if (value instanceof Machine) hash.add(Kind.Machine)
    else if (this.byContent && isPlain(value) && !this.identities.isNamed(value)) {
      hash.add(Kind.Plain)
      this.addFields(hash, value, depth)
    } else this.addNamed(hash, value, depth)
  }

  private addNamed(hash: Hash, value: object, depth: number): void {
    const known = this.identities.isNamed(value)
    hash.add(Kind.Named).addHash(this.identities.of(value))
    if (isOpaque(value)) return
    if (this.reached !== null) this.reached.add(value)
    else if (!known) this.addFields(hash, value, depth)
  }

  private addArray(hash: Hash, value: readonly unknown[], depth: number): void {
    hash.add(Kind.Array).add(value.length)
    for (const item of value) this.add(hash, item, depth + 1)
  }

  private setOf(items: readonly unknown[], depth: number): Lanes {
    const sum = new SetHash()
    for (const item of items) {
      const hash = new Hash()
      this.add(hash, item, depth + 1)
      sum.add(hash)
    }
    return sum
  }

  private entriesOf(map: ReadonlyMap<unknown, unknown>, depth: number): Lanes {
    const sum = new SetHash()
    for (const [key, value] of map) {
      const hash = new Hash()
      if (key instanceof Attached) {
        hash.add(Kind.Attachment).add(key.id)
        this.add(hash, key.stateOf(value), depth + 1)
      } else {
        this.add(hash, key, depth + 1)
        this.add(hash, value, depth + 1)
      }
      sum.add(hash)
    }
    return sum
  }

  private addFields(hash: Hash, value: object, depth: number): void {
    const fields = value as Record<string, unknown>
    for (const key of Object.keys(value)) {
      hash.add(this.numbering.of(key))
      this.add(hash, fields[key], depth + 1)
    }
  }

  /** Hashes what `start` adds, and the content of all objects that can be reached from there, each once. */
  walk(start: (into: SetHash) => void): Lanes {
    const sum = new SetHash()
    const reached = (this.reached = new Set<object>())
    try {
      this.identities.walking = true
      start(sum)
      this.byContent = false
      // The set grows while it is iterated.
      for (const object of reached) sum.add(this.contentOf(object))
    } finally {
      this.reached = null
      this.byContent = true
      this.identities.walking = false
    }
    return sum
  }

  /** The value of a word: there, a plain object is somebody's, and may be compared as a pointer. */
  addWord(hash: Hash, value: unknown): void {
    const before = this.byContent
    this.byContent = false
    this.add(hash, value)
    this.byContent = before
  }

  /**
   * Names what has no name yet and can be reached from a value through what has none. As a walk would, but cheap: what was named
   * before is not looked into. `byContent`: plain objects need no name.
   */
  name(value: unknown, byContent: boolean): void {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return
    if (Array.isArray(value) || value instanceof Set) for (const item of value) this.name(item, byContent)
    else if (value instanceof Map) this.nameEntries(value, byContent)
    else if (typeof value === 'object' && byContent && isPlain(value)) this.nameFields(value, true)
    else if (!(value instanceof Machine) && !this.identities.isNamed(value)) {
      this.identities.of(value)
      if (typeof value === 'object' && !isOpaque(value)) this.nameFields(value, false)
    }
  }

  private nameEntries(map: ReadonlyMap<unknown, unknown>, byContent: boolean): void {
    for (const [key, value] of map) {
      if (key instanceof Attached) this.name(key.stateOf(value), byContent)
      else {
        this.name(key, byContent)
        this.name(value, byContent)
      }
    }
  }

  private nameFields(value: object, byContent: boolean): void {
    for (const field of Object.values(value)) this.name(field, byContent)
  }

  private contentOf(object: object): Lanes {
    const hash = new Hash().addHash(this.identities.of(object))
    if (!(object instanceof MemoryObject)) this.addFields(hash, object, 0)
    else {
      hash.addHash(this.identities.addressOf(object))
      this.add(hash, object.reusedAs)
      this.add(hash, object.attachments)
    }
    return hash
  }
}
