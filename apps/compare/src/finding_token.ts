/** A token that names a finding: its cell, which finding of the schedule it is, and the schedule. */
import { decodeToken, type Deviation, encodeToken } from '@bottom-half/exploration'
import { type Cell, lookUp, nameOf } from './cells.ts'
import { MODEL_VERSION } from './version.ts'

/** Where to find a finding again. */
export interface Evidence {
  readonly cell: Cell
  readonly kind: string
  /** One schedule may show several findings of one kind: which of them, from 1. */
  readonly nth: number
  readonly deviations: readonly Deviation[]
}

/** The evidence as one word. */
export function tokenOf({ cell, kind, nth, deviations }: Evidence): string {
  const which = nth === 1 ? kind : `${kind}-${nth}`
  return encodeToken({ program: `${nameOf(cell)}:${which}`, deviations }, MODEL_VERSION)
}

/** Gives the evidence, or in one sentence what is wrong with the token. */
export function evidenceOf(text: string): Evidence | string {
  const token = decodeToken(text.trim(), MODEL_VERSION)
  if (typeof token === 'string') return token
  const [design, revision, workload, map, target, which, ...rest] = token.program.split(':')
  const shape = /^(?<kind>[a-z]+(?:-[a-z]+)*)(?:-(?<nth>[1-9]\d*))?$/.exec(which ?? '')?.groups
  if (shape === undefined || rest.length > 0)
    return 'the first part of a token is design:revision:workload:map:target:finding'
  const named = lookUp(design!, revision!, workload!, map!, target!)
  if (typeof named === 'string') return named
  return {
    cell: named.cell,
    kind: shape['kind']!,
    nth: Number(shape['nth'] ?? 1),
    deviations: token.deviations,
  }
}
