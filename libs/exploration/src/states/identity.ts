/**
 * Names for the words, objects and functions of one run that do not depend on the schedule: who made it, and how many it had made before.
 * What no constructor told of is named when it is first seen, after all that the frame that showed it had observed.
 *
 * Names only have to be unique within a state, and to stay: two states with equal fingerprints are then the same but for the names.
 */
import { Cell, Cpu, Frame, MemoryObject } from '@bottom-half/kernel-model'
import { Hash, type Lanes, type Numbering } from './hash.ts'
import { NoState } from './no_state.ts'

/** A frame, or the boot, as the maker of things. */
export interface Maker {
  readonly name: Lanes
  /** All that it observed, declarations or not. */
  readonly full: Lanes
  words: number
  seen: number
  added: number
}

const CELL = 1
const OWNER = 2
const SEEN = 3
const ADDED = 4
const FRAME = 5
const CPU = 6

export class Identities {
  readonly cells: Cell[] = []
  readonly objects: MemoryObject[] = []
  /** By id of a word: its name. */
  private readonly words: Lanes[] = []
  private readonly byId: Cell[] = []
  private readonly names = new Map<object, Lanes>()
  /** What a name that was made from a word belongs to. */
  private readonly named = new Map<string, object>()
  private readonly numbering: Numbering
  /** By number of the address: the name of its first incarnation. */
  private readonly addresses = new Map<number, Lanes>()
  /** Is a state walked through? Else, what a path observes. */
  walking = false
  private readonly boot: Maker
  /** Who runs. */
  maker: Maker

  constructor(numbering: Numbering, boot: Maker) {
    this.numbering = numbering
    this.boot = boot
    this.maker = boot
  }

  idsTaken(first: number, count: number): void {
    for (let id = first; id < first + count; id++)
      this.words[id] = new Hash().add(CELL).addHash(this.maker.name).add(this.maker.words++)
  }

  cellMade(cell: Cell): void {
    this.cells.push(cell)
    this.byId[cell.id] = cell
    this.names.set(cell, this.words[cell.id]!)
  }

  /** The cell with this id; undefined for a word of the machine's own. */
  wordOf(id: number): Cell | undefined {
    return this.byId[id]
  }

  objectMade(object: MemoryObject): void {
    this.objects.push(object)
    if (!this.addresses.has(object.address)) this.addresses.set(object.address, this.of(object))
  }

  /** The name of a piece of state that is about to be added. */
  nextAdded(): Lanes {
    return new Hash().add(ADDED).addHash(this.maker.name).add(this.maker.added++)
  }

  /** Equal for all incarnations of one piece of memory. */
  addressOf(object: MemoryObject): Lanes {
    return this.addresses.get(object.address)!
  }

  isNamed(thing: object): boolean {
    return this.names.has(thing)
  }

  /** The name of anything with an identity. NoState if two things would get one name. */
  of(thing: object): Lanes {
    let name = this.names.get(thing)
    if (name === undefined) this.names.set(thing, (name = this.byParts(thing) ?? this.firstSeen()))
    return name
  }

  private firstSeen(): Lanes {
    if (this.walking && this.maker !== this.boot) this.numbering.walksName = true
    return new Hash().add(SEEN).addHash(this.maker.name).addHash(this.maker.full).add(this.maker.seen++)
  }

  /** After its class and the words that it consists of; null if it has none. */
  private byParts(thing: object): Lanes | null {
    if (typeof thing === 'function') return null
    if (thing instanceof Frame) return new Hash().add(FRAME).addHash(this.words[thing.firstWord]!)
    if (thing instanceof Cpu) return new Hash().add(CPU).addHash(this.words[thing.mask.id]!)
    const name = new Hash().add(OWNER).add(this.numbering.of(thing.constructor?.name ?? ''))
    let parts = 0
    for (const [key, part] of Object.entries(thing)) {
      if (!(part instanceof Cell || part instanceof MemoryObject)) continue
      name.add(this.numbering.of(key)).addHash(this.of(part))
      parts++
    }
    // Plain objects are made on the way, and point to words of others.
    if (parts === 0 || Object.getPrototypeOf(thing) === Object.prototype) return null
    const key = `${name.a},${name.b}`
    if (this.named.has(key))
      throw new NoState(`two objects of class ${thing.constructor.name} share their words`)
    this.named.set(key, thing)
    return name
  }
}
