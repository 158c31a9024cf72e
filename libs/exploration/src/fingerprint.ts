/** Hashing of equivalence classes: sums of mixed words, so that the order of independent events does not matter. */

/** A 32-bit finaliser (after murmur3's fmix32) over two words and a seed. */
export function mix(a: number, b: number, seed: number): number {
  let h = Math.imul(a ^ seed, 0x85ebca6b) ^ Math.imul(b + seed, 0xc2b2ae35)
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}

const names = new Map<string, number>()

/** FNV-1a of a name, remembered: the same few names come again with every run. */
export function hashName(name: string): number {
  let hash = names.get(name)
  if (hash === undefined) {
    hash = 0x811c9dc5
    for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
    names.set(name, hash)
  }
  return hash
}
