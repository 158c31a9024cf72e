/** The parameters under which one workload ran, and short words for a choice of them. */
import { listed } from './wording.ts'

/** A choice of map type and target task. */
export interface Variant {
  readonly map: string
  readonly target: string
}

const key = ({ map, target }: Variant) => JSON.stringify([map, target])

/** Each choice once, in the order of its first use. */
export function distinct(variants: Iterable<Variant>): Variant[] {
  const found = new Map<string, Variant>()
  for (const variant of variants) if (!found.has(key(variant))) found.set(key(variant), variant)
  return [...found.values()]
}

/** Each value once, in the order of its first use. */
export function unique<T>(items: Iterable<T>): T[] {
  return [...new Set(items)]
}

const mapWord = (map: string) => `${map} map`

/**
 * `all maps`, `hash and lru map`, `hash map (target current)`: names some of the choices in `all`, with the
 * target only where it makes a difference. Empty if there was no choice.
 */
export function describe(some: readonly Variant[], all: readonly Variant[]): string {
  const chosen = new Set(some.map(key))
  const everything = distinct(all)
  if (everything.length === 1) return ''
  const maps = unique(everything.map(({ map }) => map))
  const targetsOf = (map: string, from: readonly Variant[]) => from.filter((variant) => variant.map === map)
  const picked = everything.filter((variant) => chosen.has(key(variant)))
  if (picked.length === everything.length) return maps.length > 1 ? 'all maps' : 'all targets'

  const whole = maps.filter((map) => targetsOf(map, picked).length === targetsOf(map, everything).length)
  const parts = maps.flatMap((map) => {
    const targets = targetsOf(map, picked).map(({ target }) => target)
    return whole.includes(map) || targets.length === 0 ? [] : [`${mapWord(map)} (target ${listed(targets)})`]
  })
  const wholes = whole.length > 0 ? [mapWord(listed(whole))] : []
  return [...wholes, ...parts].join('; ')
}
