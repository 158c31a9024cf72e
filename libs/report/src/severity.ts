/** Which of several findings a reader should see first. */
import type { FindingResult } from './results.ts'

/** From the worst: memory that is someone else's, then hangs, then wrong behaviour, then waste, then doubt. */
const KINDS = [
  'use-after-free',
  'stale-pointer',
  'double-free',
  'null-dereference',
  'list-corruption',
  'refcount-underflow',
  'refcount-saturation',
  'deadlock',
  'self-deadlock',
  'context-violation',
  'callback-after-free',
  'callback-context',
  'lost-callback',
  'double-callback',
  'unaccepted-callback',
  'value-stuck',
  'teardown-stuck',
  'leak',
  'warn',
  'data-race',
]

/** A kind that the table does not know ranks before waste and doubt: better seen too early than too late. */
const UNKNOWN = KINDS.indexOf('leak') - 0.5

function rank(kind: string): number {
  const at = KINDS.indexOf(kind)
  return at < 0 ? UNKNOWN : at
}

/** Orders by severity of the kind, then by how simple the schedule is, then by id. */
export function bySeverity(a: FindingResult, b: FindingResult): number {
  return rank(a.kind) - rank(b.kind) || bySimplicity(a, b)
}

/** Orders by preemptions, then steps, then id: the first is the one to read. */
export function bySimplicity(a: FindingResult, b: FindingResult): number {
  return a.preemptions - b.preemptions || a.steps.length - b.steps.length || (a.id < b.id ? -1 : 1)
}
