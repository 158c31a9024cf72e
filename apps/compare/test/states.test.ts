import { explore, exploreStates } from '@bottom-half/exploration'
import { expect, test } from 'vitest'
import type { Cell } from '../src/cells.ts'
import { scenarioOf } from '../src/scenario.ts'

type Found = readonly { readonly finding: { readonly kind: string; readonly title: string } }[]

const titles = (found: Found): string[] =>
  [
    ...new Set(
      found.filter(({ finding }) => finding.kind !== 'data-race').map(({ finding }) => finding.title),
    ),
  ].sort()

/** Cells with findings, and without; with interrupts, with workers, with grace periods. */
const CELLS: readonly (readonly [design: string, workload: string, Cell['map'], Cell['target']])[] = [
  ['llist-delayed-work', 'nmi-submit-during-submit', 'hash', 'current'],
  ['llist-delayed-work', 'submit-vs-delete', 'hash', 'other-cpu'],
  ['llist-delayed-work', 'submit-vs-program-unload', 'array', 'current'],
  ['llist-delayed-work', 'two-values-one-batch', 'lru_hash', 'current'],
  ['llist-delayed-work', 'nmi-delete-under-pi-lock', 'array', 'other-cpu'],
  ['cmpxchg-task-work', 'one-submit', 'hash', 'other-cpu'],
  ['cmpxchg-task-work', 'two-values-one-batch', 'hash', 'current'],
]

test.each(CELLS)(
  'the explorer of states confirms the verdict on %s under %s (%s, %s)',
  (design, workload, map, target) => {
    const { program } = scenarioOf({ design, revision: 'as-posted', workload, map, target }, 'sc')
    const reduced = explore(program)
    const states = exploreStates(program)
    expect([reduced.exhausted, states.exhausted]).toEqual([true, true])
    expect(titles(states.findings)).toEqual(titles(reduced.findings))
  },
  60_000,
)
