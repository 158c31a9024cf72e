import { describe, expect, it } from 'vitest'
import { renderReport } from '../src/report.ts'
import type { Results } from '../src/results.ts'
import { fixture } from './fixture/results.ts'

function changed(change: (results: Results) => void): () => unknown {
  const results = fixture()
  change(results)
  return () => renderReport(results, [])
}

describe('results that contradict themselves are a lab bug', () => {
  const cases: [name: string, change: (results: Results) => void, message: RegExp][] = [
    ['unknown design', (r) => (r.verdicts[0]!.design = 'nobody'), /a revision "nobody\/as-posted"/],
    ['unknown revision', (r) => (r.findings[0]!.revision = 'amended'), /a revision ".*\/amended"/],
    ['unknown workload', (r) => (r.cells[0]!.workload = 'rest'), /a workload "rest"/],
    ['unknown property', (r) => (r.verdicts[0]!.property = 'fast'), /a property "fast"/],
    ['unknown finding', (r) => (r.verdicts[0]!.finding = 'lost'), /a finding "lost"/],
    [
      'violated without a finding',
      (r) => (r.verdicts[0]!.verdict = 'violated'),
      /violated without a finding/,
    ],
    [
      "another verdict's finding",
      (r) => (r.verdicts[0]!.finding = r.findings[0]!.id),
      /belongs to another verdict/,
    ],
    ['the same finding twice', (r) => r.findings.push(r.findings[0]!), /have the same id/],
    ['the same design twice', (r) => r.designs.push(r.designs[0]!), /have the same id/],
  ]
  it.each(cases)('%s', (_name, change, message) => {
    const render = changed(change)
    expect(render).toThrow(message)
    expect(render).toThrow(/^\[lab bug\] /)
  })

  it('two documents of one path', () => {
    const doc = { path: 'docs/x.md', title: 'X', markdown: '# X' }
    expect(() => renderReport(fixture(), [doc, doc])).toThrow(
      '[lab bug] two pages of the report are both docs/x.html',
    )
  })
})
