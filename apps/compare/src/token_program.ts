/** The first part of a token: the cell and the finding, shortened as far as the token has to be, and read back. */
import { MAP_TYPES, PROPERTIES, TARGETS } from '@bottom-half/deferred-work'
import { WORKLOADS } from '@bottom-half/workloads'
import { abbreviated, namesFor } from './abbreviation.ts'
import { type Cell, lookUp, unknown } from './cells.ts'
import { DESIGNS } from './designs.ts'

/** A finding by name. */
export interface Named {
  readonly cell: Cell
  readonly kind: string
  /** One schedule may show several findings of one kind: which of them, from 1. */
  readonly nth: number
}

/** The revision that a token leaves out. */
const USUAL_REVISION = 'as-posted'

const LONGEST_WORD = 12
const KINDS = PROPERTIES.flatMap(({ kinds }) => kinds)
const ids = (all: readonly { readonly id: string }[]): string[] => all.map(({ id }) => id)

/** What there is of each part, in the order of the parts. */
function known(design: string): readonly (readonly string[])[] {
  const revisions = DESIGNS.find(({ id }) => id === design)?.revisions ?? []
  return [ids(DESIGNS), ids(revisions), ids(WORKLOADS), MAP_TYPES, TARGETS, KINDS]
}

/** The shortenings of the name, the longest first; each stands for this name only. */
export function* programsOf({ cell, kind, nth }: Named): Generator<string> {
  const names = [cell.design, cell.revision, cell.workload, cell.map, cell.target, kind]
  const lists = known(cell.design)
  const which = nth === 1 ? '' : `-${nth}`
  for (let letters = LONGEST_WORD; letters > 0; letters--) {
    const parts = names.map((name, i) => {
      const short = abbreviated(name, letters)
      return namesFor(short, lists[i]!).length === 1 ? short : name
    })
    if (cell.revision === USUAL_REVISION) parts.splice(1, 1)
    yield parts.join(':') + which
  }
}

/** What the first part of a token stands for, or in one sentence why it stands for nothing. */
export function programNamed(text: string): Named | string {
  const parts = text.split(':')
  if (parts.length === 5) parts.splice(1, 0, USUAL_REVISION)
  const [design, revision, workload, map, target, which, ...rest] = parts
  const shape = /^(?<kind>[a-z]+(?:-[a-z]+)*)(?:-(?<nth>[1-9]\d*))?$/.exec(which ?? '')?.groups
  if (shape === undefined || rest.length > 0)
    return 'the first part of a token is design:workload:map:target:finding, or design:revision:workload:map:target:finding'
  const words = [design!, revision!, workload!, map!, target!, shape['kind']!]
  const names: string[] = []
  for (const [i, word] of words.entries()) {
    const found = namesFor(word, known(names[0] ?? '')[i]!)
    if (found.length > 1)
      return `"${word}" in the token may be ${found.join(' or ')}: a name was added since it was made`
    names.push(found[0] ?? word)
  }
  const looked = lookUp(names[0]!, names[1]!, names[2]!, names[3]!, names[4]!)
  if (typeof looked === 'string') return gone(looked)
  const kind = names[5]!
  if (!KINDS.includes(kind)) return gone(unknown('kind of finding', kind, KINDS))
  return { cell: looked.cell, kind, nth: Number(shape['nth'] ?? 1) }
}

function gone(sentence: string): string {
  return `what the token names is gone or renamed: ${sentence}`
}
