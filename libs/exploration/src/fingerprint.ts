/** Hashing of equivalence classes: sums of mixed words, so that the order of independent events does not matter. */
import type { FrameRecord } from './event.ts'

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

/** Two words for an event and its place in happens-before. */
export function eventHash(
  frames: readonly FrameRecord[],
  record: FrameRecord,
  ordinal: number,
  outcome: number,
  clock: readonly number[],
): [number, number] {
  let low = 0
  let high = 0
  for (let f = 0; f < frames.length; f++) {
    const { id, nameHash } = frames[f]!
    const count = id < clock.length ? clock[id]! : 0
    if (count === 0) continue
    low = (low + mix(nameHash, count, 0x9e3779b1)) | 0
    high = (high + mix(nameHash, count, 0x85ebca6b)) | 0
  }
  const own = mix(record.nameHash, ordinal * 64 + outcome, 0xc2b2ae35)
  return [mix(own, low, 0x27d4eb2f), mix(own, high, 0x165667b1)]
}
