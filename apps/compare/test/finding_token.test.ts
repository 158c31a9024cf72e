import { encodeToken } from '@bottom-half/exploration'
import { MAP_TYPES, PROPERTIES } from '@bottom-half/deferred-work'
import { WORKLOADS } from '@bottom-half/workloads'
import { describe, expect, test } from 'vitest'
import { abbreviated, namesFor } from '../src/abbreviation.ts'
import { type Cell, planOf } from '../src/cells.ts'
import { DESIGNS } from '../src/designs.ts'
import { type Evidence, evidenceOf, tokenOf } from '../src/finding_token.ts'
import { MODEL_VERSION } from '../src/version.ts'
import { replayed } from '../src/witness.ts'

const plan = planOf({ designs: DESIGNS, workloads: WORKLOADS, maps: MAP_TYPES })
const kinds = PROPERTIES.flatMap((property) => property.kinds)
const choices = [
  { step: 14, index: 1, of: 3 },
  { step: 31, index: 2, of: 4 },
]
const cellOf = ({ design, revision, workload, map, target }: Cell): Cell => ({
  design,
  revision,
  workload,
  map,
  target,
})
const evidences = plan.flatMap((planned, i): Evidence[] =>
  kinds.map((kind, n) => ({
    cell: cellOf(planned),
    kind,
    nth: 1 + ((i + n) % 2),
    choices,
    memory: (i + n) % 3 === 0 ? 'tso' : 'sc',
    run: 'k2f',
  })),
)

test('of each cell and kind of finding, the token stands for that one, fits a line, and no other has it', () => {
  const tokens = evidences.map(tokenOf)
  expect(tokens.map(evidenceOf)).toEqual(evidences)
  expect(new Set(tokens).size).toBe(evidences.length)
  expect(Math.max(...tokens.map(({ length }) => length))).toBeLessThan(76)
})

test('names are shortened no further than the line asks for', () => {
  const cell = { ...plan.find(({ workload }) => workload === 'one-submit')! }
  const short = { cell, kind: 'leak', nth: 1, choices: [], memory: 'sc', run: 'k2f' } as const
  expect(tokenOf(short)).toContain(`${cell.design}:one-submit:${cell.map}:${cell.target}:leak.plain.`)
})

describe('an abbreviation', () => {
  const names = ['two-values-one-batch', 'two-submitters-one-value', 'two-values', 'lru_hash']
  test.each<[string, string[]]>([
    ['two-val-one-bat', ['two-values-one-batch']],
    ['two-values', ['two-values']],
    ['tw-v', ['two-values']],
    ['t-s-o-v', ['two-submitters-one-value']],
    ['lru_h', ['lru_hash']],
    ['lru-h', []],
    ['values', []],
    ['two-', []],
    ['t.*', []],
    ['', []],
  ])('%s stands for %j', (text, expected) => {
    expect(namesFor(text, names)).toEqual(expected)
  })
  test('of each length stands for its name', () => {
    for (const name of names)
      for (let letters = 1; letters < 12; letters++)
        expect(namesFor(abbreviated(name, letters), names)).toContain(name)
  })
  test('that may be several is told to be so', () => {
    const program = 'l-d-w:submit-v-p-unload:hash:current:l-c'
    const text = encodeToken({ program, choices: [], options: 'sc', version: MODEL_VERSION, run: 'k2f' })
    expect(evidenceOf(text)).toMatch(
      /^"l-c" in the token may be lost-callback or list-corruption: a name was added since/,
    )
  })
})

describe('a token whose program changed', () => {
  const cell = plan.find((each) => each.workload === 'one-submit' && each.design === DESIGNS[0]!.id)
  const evidence: Evidence = { cell: cell!, kind: 'leak', nth: 1, choices: [], memory: 'sc', run: 'k2f' }

  test('is refused though its moves are possible and the finding shows', () => {
    expect(replayed(evidence)).toBe(
      'the moves of the token are possible, but do something else: the program changed since it was made',
    )
  })
  test('says so, too, if the finding shows no longer', () => {
    expect(replayed({ ...evidence, kind: 'double-free' })).toBe(
      'the moves of the token are possible, but do something else: the program changed since it was made, ' +
        'and shows no finding of kind double-free now',
    )
  })
  test('says at which step a move is not there any more', () => {
    const sentence = replayed({ ...evidence, choices: [{ step: 3, index: 6, of: 7 }] })
    expect(sentence).toMatch(
      /^at step 3 the token takes move 7 of 7, but the program now offers \d: it changed at "[^"]+" of [^,]+, or earlier$/,
    )
  })
})
