import { describe, expect, it } from 'vitest'
import { resolved } from '../src/docs_page/source.ts'
import { renderReport } from '../src/report.ts'
import { Results } from '../src/results.ts'
import { documents } from './fixture/documents.ts'
import { fixture } from './fixture/results.ts'
import { hostileDocuments, hostileResults } from './hostile.ts'
import { complaintsAbout } from './validity.ts'

const files = renderReport(fixture(), documents)
const index = files.get('index.html')!
const hostile = renderReport(hostileResults(), hostileDocuments)

/** One hostile page of each kind, for they take their time. */
const samples = ['index.html', `findings/${fixture().findings[0]!.id}.html`, 'docs/hostile.html'].map(
  (path) => [`hostile ${path}`, hostile.get(path)!] as const,
)

const idsOf = (page: string) => [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id!)

function brokenLinks(pages: ReadonlyMap<string, string>): string[] {
  const ids = new Map([...pages].map(([path, page]) => [path, new Set(idsOf(page))]))
  return [...pages].flatMap(([path, page]) =>
    [...page.matchAll(/<a [^>]*href="([^"]*)"/g)].flatMap(([, href]) => {
      if (href === 'results.json' || href!.startsWith('https:')) return []
      const [target = '', id] = href!.split('#')
      const to = target === '' ? path : resolved(path, target)
      const found = ids.has(to) && (id === undefined || ids.get(to)!.has(id))
      return found ? [] : [`${path}: ${href}`]
    }),
  )
}

describe('the report', () => {
  it('is made from results that keep the schema', () => {
    expect(Results.safeParse(fixture()).error).toBeUndefined()
  })
  it('has a page for each finding and each document', () => {
    const expected = [
      'index.html',
      ...fixture().findings.map(({ id }) => `findings/${id}.html`),
      'docs/architecture.html',
      'docs/replay.html',
      'docs/decisions/lanes.html',
    ]
    expect([...files.keys()]).toEqual(expected)
  })
  it('is the same bytes for the same results', () => {
    expect(renderReport(fixture(), documents)).toEqual(files)
  })
  it('has no link that leads nowhere and no id twice', () => {
    expect(brokenLinks(files)).toEqual([])
    for (const [path, page] of files)
      expect([path, idsOf(page).length]).toEqual([path, new Set(idsOf(page)).size])
  })
  it.each([...files, ...samples])('is valid HTML: %s', (_path, page) => {
    expect(complaintsAbout(page)).toEqual([])
  })
  it('lets no text out of its place', () => {
    for (const page of hostile.values()) {
      expect(page).not.toContain('<script>window.hacked')
      expect(page).not.toMatch(/<img/)
      expect(page).not.toMatch(/href="javascript:/)
      expect(page).not.toContain('\u202e')
    }
    expect(brokenLinks(hostile)).toEqual([])
  })
})

describe('the page of a finding', () => {
  const { findings } = fixture()
  const pageOf = (id: string) => files.get(`findings/${id}.html`)!
  const whyOf = (id: string) => /<h2 id="why">[^]*?<\/ol>/.exec(pageOf(id))?.[0] ?? ''

  it('has the chain of its steps, each with the step that it comes after and why', () => {
    const deadlock = findings[0]!
    const [first, second] = deadlock.chain!
    const lines = whyOf(deadlock.id).split('<li>').slice(1)
    expect(lines).toHaveLength(deadlock.chain!.length)
    expect(lines[0]).toContain(`<a href="#step-${first!.n}">step ${first!.n}</a>`)
    expect(lines[0]).not.toContain('after')
    expect(lines[1]).toContain(`after <a href="#step-${first!.n}">step ${first!.n}</a>: `)
    expect(lines[1]!.replaceAll('<wbr>', '')).toContain(second!.after[0]!.why)
  })
  it('has none where the results have none', () => {
    const without = findings.filter(({ chain }) => chain === undefined)
    expect(without.map(({ id }) => whyOf(id))).toEqual([''])
  })
  it('says of each finding which memory model it needs', () => {
    const claims = findings.map(({ id, memory }) => [
      pageOf(id).includes(memory === 'sc' ? 'shows under sequential consistency' : 'needs x86-TSO'),
      pageOf(id).includes('x86-TSO'),
      memory,
    ])
    for (const [claimed, named, memory] of claims) expect([claimed, named]).toEqual([true, memory === 'tso'])
    expect(new Set(findings.map(({ memory }) => memory))).toEqual(new Set(['sc', 'tso']))
  })

  it('says that nothing easier shows the finding where that was proven, and only there', () => {
    const claim = 'no schedule that is easier to follow shows it'
    const claims = findings.map(({ id, proven }) => [pageOf(id).includes(claim), proven === true])
    expect(claims.filter(([said, proved]) => said !== proved)).toEqual([])
    expect(claims.filter(([said]) => said === true)).not.toEqual([])
  })
})

describe('the start page', () => {
  it('says what each design violates and keeps', () => {
    expect(index).toContain('of 15 properties it violates 3 and keeps 12.')
    expect(index).toContain('of 15 properties it violates 3 and keeps 11 (1 does not apply).')
    expect(index).toContain('None of them keeps every property.')
  })
  it('says in text why a cell does not apply', () => {
    expect(index).toContain('<div class="why">needs a target task, and its callback runs in no task</div>')
  })
  it('tells the maps apart where they differ', () => {
    expect(index).toMatch(/array and hash: <span class="mark holds"/)
  })
  it('says that a run was partial, and claims nothing about the rest', () => {
    const results = fixture()
    results.run.partial = true
    results.verdicts = results.verdicts.filter(({ workload }) => workload !== 'one-submit')
    results.cells = results.cells.filter(({ workload }) => workload !== 'one-submit')
    const page = renderReport(results, []).get('index.html')!
    expect(index).not.toContain('Partial run.')
    expect(page).toContain('Partial run.')
    expect(page).toContain('The lab covered a part, until it was interrupted')
    expect(page).toMatch(/one-(<wbr>)?submit[^]*?<td class="verdict not-run"/)
  })
  it('names inconclusive cells and what is undecided', () => {
    const results = fixture()
    for (const verdict of results.verdicts) {
      const { design, workload, property } = verdict
      if (design !== 'rqspinlock-async-kern' || workload !== 'one-submit' || property !== 'no-leak') continue
      verdict.verdict = 'inconclusive'
      verdict.reason = 'the budget of 10 schedules ended'
    }
    const page = renderReport(results, []).get('index.html')!
    expect(page).toContain('1 of 15 properties undecided')
    expect(page).toContain('the budget of 10 schedules ended')
    expect(page).toContain('leaves 1 undecided')
  })
})
