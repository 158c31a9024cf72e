/** What the names of a litmus program stand for. */
import { Oops } from '@bottom-half/kernel-model'
import { constantOf, type Expression, parseExpression, type Resolve } from './expression.ts'
import { LitmusError } from './litmus_error.ts'
import type { Registers } from './instruction.ts'
import type { Litmus, LitmusFrame } from './schema.ts'

/** A word, or the words of an array: where they are among all. */
export interface Extent {
  readonly base: number
  readonly length: number
  readonly array: boolean
}

/** A word of the machine: its position, or how to find it. */
export type Place = { readonly slot: number } | { readonly slot: -1; readonly find: Expression<Registers> }

/** Complains about one part of the program. */
export function refuse(path: string, what: string): never {
  throw new LitmusError(`${path}: ${what}`)
}

/** A list for a sentence. */
export function listed(names: Iterable<string>): string {
  const all = [...names]
  return all.length === 0 ? 'there is none' : `there is ${all.join(', ')}`
}

/** What a name stands for; `what` says in a sentence what it should have been. */
export function lookUp<T>(all: ReadonlyMap<string, T>, name: string, path: string, what: string): T {
  return all.get(name) ?? refuse(path, `expected ${what} (${listed(all.keys())}), found "${name}"`)
}

/** All words in the order of `init`. */
export function extentsOf(init: Litmus['init']): ReadonlyMap<string, Extent> {
  const out = new Map<string, Extent>()
  let base = 0
  for (const [name, value] of Object.entries(init)) {
    const length = Array.isArray(value) ? value.length : 1
    out.set(name, { base, length, array: Array.isArray(value) })
    base += length
  }
  return out
}

/** The name of each frame, CPU by CPU: as given, or made. Each once. */
export function frameNames(cpus: Litmus['cpus']): readonly (readonly string[])[] {
  const taken = new Set<string>()
  return cpus.map(({ frames }, cpu) =>
    frames.map((frame, i) => {
      const name = frame.name ?? free(made(frame, cpu), taken)
      if (taken.has(name))
        refuse(
          `cpus[${cpu}].frames[${i}].name`,
          `expected another name than that of a frame before, found "${name}"`,
        )
      taken.add(name)
      return name
    }),
  )
}

function made(frame: LitmusFrame, cpu: number): string {
  return frame.level === 'task' ? `P${cpu}` : `P${cpu}.${frame.level}`
}

function free(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name
  for (let n = 2; ; n++) if (!taken.has(`${name}.${n}`)) return `${name}.${n}`
}

/** Why `name` or `name[…]` is no word of the program; null if it is. */
function mismatch(name: string, indexed: boolean, extents: ReadonlyMap<string, Extent>): string | null {
  const extent = extents.get(name)
  if (extent === undefined) return `a word of init (${listed(extents.keys())}), found "${name}"`
  if (extent.array !== indexed)
    return extent.array ? `an index, as in ${name}[0], found none` : `no index, since ${name} is no array`
  return null
}

/** An index that is outside its array is a crash. */
export function within(index: number, name: string, { base, length }: Extent): number {
  if (index >= 0 && index < length) return base + index
  throw new Oops('out-of-bounds', `${name}[${index}] is outside of ${name}[${length}]`)
}

/** Reads an expression over the registers of a frame. */
export function registerExpression(
  text: string | number,
  path: string,
  registers: ReadonlyMap<string, number>,
  extents: ReadonlyMap<string, Extent>,
): Expression<Registers> {
  const resolve: Resolve<Registers> = (name, index) => {
    if (index !== null || (!registers.has(name) && extents.has(name)))
      return `registers only, found the word "${name}" (read it into a register first)`
    const slot = registers.get(name)
    if (slot === undefined)
      return `a register that the frame sets (${listed(registers.keys())}), found "${name}"`
    return (all) => all[slot]!
  }
  const expression = parseExpression(text, resolve)
  return typeof expression === 'string' ? refuse(path, `expected ${expression}`) : expression
}

/** Reads the name of a word, with an index if it is in an array. */
export function placeOf(
  text: string,
  path: string,
  registers: ReadonlyMap<string, number>,
  extents: ReadonlyMap<string, Extent>,
): Place {
  const [, name, , index] = /^\s*([A-Za-z_]\w*)\s*(\[(.*)\])?\s*$/.exec(text) ?? []
  if (name === undefined) return refuse(path, `expected a word as "x" or "a[r0]", found "${text}"`)
  const wrong = mismatch(name, index !== undefined, extents)
  if (wrong !== null) return refuse(path, `expected ${wrong}`)
  const extent = extents.get(name)!
  if (index === undefined) return { slot: extent.base }
  const known = constantOf(index)
  if (known === null) {
    const find = registerExpression(index, path, registers, extents)
    return { slot: -1, find: (all) => within(find(all), name, extent) }
  }
  if (known < 0 || known >= extent.length)
    refuse(path, `expected an index below ${extent.length}, found ${known}`)
  return { slot: extent.base + known }
}

/** What a final condition is about: the words, and the registers of each frame. */
export interface Ending {
  readonly words: (slot: number) => number
  readonly registers: readonly Registers[]
}

/** Reads a condition over words and over the registers of frames. `slots`: by frame name. */
export function finalExpression(
  text: string,
  path: string,
  slots: ReadonlyMap<string, { readonly frame: number; readonly registers: ReadonlyMap<string, number> }>,
  extents: ReadonlyMap<string, Extent>,
): Expression<Ending> {
  const resolve: Resolve<Ending> = (name, index) => {
    const [frame, register] = name.split(':')
    if (register === undefined) {
      const wrong = mismatch(name, index !== null, extents)
      if (wrong !== null) return wrong
      const extent = extents.get(name)!
      if (index === null) return ({ words }) => words(extent.base)
      return (ending) => ending.words(within(index(ending), name, extent))
    }
    const known = slots.get(frame!)
    if (known === undefined) return `a frame (${listed(slots.keys())}) before the colon, found "${frame}"`
    const slot = known.registers.get(register)
    if (slot === undefined || index !== null)
      return `a register that ${frame} sets (${listed(known.registers.keys())}), found "${register}"`
    return ({ registers }) => registers[known.frame]![slot]!
  }
  const expression = parseExpression(text, resolve)
  return typeof expression === 'string' ? refuse(path, `expected ${expression}`) : expression
}
