/** Short words to write litmus programs in TypeScript with. */
import type { Litmus, LitmusFrame, Operation } from '../schema.ts'

export const read = (word: string, into: string): Operation => ({ op: 'read', word, into })
export const acquire = (word: string, into: string): Operation => ({
  op: 'read',
  word,
  into,
  order: 'acquire',
})
export const write = (word: string, value: number | string): Operation => ({ op: 'write', word, value })
export const release = (word: string, value: number | string): Operation => ({
  op: 'write',
  word,
  value,
  order: 'release',
})
export const fence = (op: 'mb' | 'rmb' | 'wmb'): Operation => ({ op })
export const mask = (op: 'irq_disable' | 'irq_enable' | 'bh_disable' | 'bh_enable'): Operation => ({ op })
export const lock = (name: string): Operation => ({ op: 'lock', lock: name })
export const unlock = (name: string): Operation => ({ op: 'unlock', lock: name })
export const set = (register: string, value: number | string): Operation => ({ op: 'set', register, value })

/** Tasks, each alone on a CPU. */
export function tasks(...all: readonly Operation[][]): Litmus['cpus'] {
  return all.map((ops) => ({ frames: [{ level: 'task', ops }] }))
}

/** Frames that share a CPU. */
export function cpu(...frames: LitmusFrame[]): Litmus['cpus'][number] {
  return { frames }
}

export function frame(level: LitmusFrame['level'], ...ops: Operation[]): LitmusFrame {
  return { level, ops }
}

/** `make(0)` to `make(count - 1)`. */
export function times<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i))
}
