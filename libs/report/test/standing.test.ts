import { describe, expect, it } from 'vitest'
import { openLedger } from '../src/ledger.ts'
import { bySeverity } from '../src/severity.ts'
import { scores } from '../src/standing.ts'
import { describe as describeVariants } from '../src/variant.ts'
import { worst } from '../src/verdict.ts'
import { fixture } from './fixture/results.ts'

describe('scores', () => {
  it('count a property with its worst verdict', () => {
    const [llist] = scores(fixture())
    expect(llist!.properties).toEqual({
      violated: 3,
      inconclusive: 0,
      holds: 11,
      'not applicable': 1,
      'not run': 0,
    })
  })
  it('show the gravest finding, and of its kind the simplest schedule', () => {
    const [llist, cmpxchg] = scores(fixture())
    expect(llist!.worst!.kind).toBe('use-after-free')
    expect(cmpxchg!.worst!.kind).toBe('self-deadlock')
    const same = fixture().findings.filter(({ title }) => title === llist!.worst!.title)
    expect(llist!.worst!.steps.length).toBe(Math.min(...same.map(({ steps }) => steps.length)))
  })
  it('claim nothing for a design that a partial run did not reach', () => {
    const results = fixture()
    const missing = (at: { design: string }) => at.design !== 'rqspinlock-async-kern'
    results.cells = results.cells.filter(missing)
    results.verdicts = results.verdicts.filter(missing)
    results.findings = results.findings.filter(missing)
    expect(scores(results)[2]!.properties['not run']).toBe(15)
  })
})

describe('verdicts', () => {
  it('are never green by default', () => {
    expect(worst([])).toBe('not run')
    expect(worst(['holds', 'inconclusive'])).toBe('inconclusive')
    expect(worst(['not applicable', 'holds'])).toBe('holds')
  })
  it('rank an unknown kind of finding before waste and after corruption', () => {
    const finding = fixture().findings[0]!
    const kinds = ['leak', 'something', 'use-after-free', 'data-race'].map((kind) => ({ ...finding, kind }))
    const sorted = kinds.toSorted(bySeverity).map(({ kind }) => kind)
    expect(sorted).toEqual(['use-after-free', 'something', 'leak', 'data-race'])
  })
})

describe('defects', () => {
  it('are findings of one design with the same property and title', () => {
    const ledger = openLedger(fixture())
    expect(ledger.defects).toHaveLength(7)
    expect(ledger.defects.flatMap(({ findings }) => findings)).toHaveLength(ledger.results.findings.length)
  })
})

describe('a choice of parameters in words', () => {
  const all = ['array', 'hash', 'lru'].flatMap((map) =>
    ['current', 'other'].map((target) => ({ map, target })),
  )
  it.each([
    [all, 'all maps'],
    [all.slice(0, 4), 'array and hash map'],
    [all.slice(0, 3), 'array map; hash map (target current)'],
    [all.filter(({ target }) => target === 'other').slice(0, 1), 'array map (target other)'],
  ])('%#', (some, words) => {
    expect(describeVariants(some, all)).toBe(words)
  })
  it('is silent where there was none', () => {
    expect(describeVariants(all.slice(0, 1), all.slice(0, 1))).toBe('')
  })
})
