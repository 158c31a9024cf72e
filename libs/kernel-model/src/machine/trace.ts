/** A performed step as a reader sees it. */
import type { Cell } from './cell.ts'

export interface TraceStep {
  readonly frame: number
  /** The kernel's name of the operation; `enter` for the entry of a handler. */
  readonly op: string
  readonly cell: string | null
  /** The id of the word; -1 for none. */
  readonly word: number
  /** Did the step write that word, be it the value that was there? */
  readonly writes: boolean
  readonly before: string | null
  readonly after: string | null
  /** What the step decided (`the list is empty`), if it had a choice. */
  readonly note: string | null
  /** The stack of source positions as V8 prints it; null for an entry. */
  readonly stack: string | null
}

/** A value in the kernel's words. */
export function showValue(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'function') return value.name === '' ? 'function' : value.name
  if (Array.isArray(value)) return value.length === 0 ? 'empty' : value.map(showValue).join(', ')
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint') return value.toString()
  if (typeof value === 'boolean' || typeof value === 'symbol') return value.toString()
  const named = value as { name?: unknown; object?: { name?: unknown } }
  if (typeof named.name === 'string') return named.name
  if (typeof named.object?.name === 'string') return named.object.name
  return 'object'
}

/** The present value of a word. */
export function showCell(cell: Cell): string {
  return cell.show === null ? showValue(cell.value) : cell.show(cell.value)
}

/** A name without the numbers that tell its instances apart, for titles that all schedules share. */
export function generic(name: string): string {
  return name.replaceAll(/#\d+/g, '')
}
