import { describe, expect, it } from 'vitest'
import { relative, resolved } from '../src/docs_page/source.ts'
import { renderReport } from '../src/report.ts'
import { documents } from './fixture/documents.ts'
import { fixture } from './fixture/results.ts'

const files = renderReport(fixture(), documents)
const replay = files.get('docs/replay.html')!

describe('documents', () => {
  it('link each other as pages, headings included', () => {
    expect(replay).toContain('<a href="architecture.html#one-idea">the architecture</a>')
    expect(replay).toContain('<a href="decisions/lanes.html">a decision</a>')
    expect(files.get('docs/architecture.html')).toContain('<a href="replay.html">how to replay</a>')
    expect(files.get('docs/decisions/lanes.html')).toContain('<a href="../architecture.html">')
  })
  it('name a file that only the repository has instead of linking it', () => {
    expect(replay).toContain(
      '<span class="file" title="libs/exploration/src/index.ts in the repository">the exploration library</span>',
    )
  })
  it('load no picture', () => {
    expect(files.get('docs/decisions/lanes.html')).toContain('<em>[a picture]</em>')
  })
  it('have their code coloured without a script', () => {
    expect(replay).toContain('<span class="k">static</span>')
    expect(replay).toContain('<span class="k">const</span>')
    expect(replay).not.toContain('<script')
  })
  it('have footnotes, and headings that a link can name', () => {
    expect(replay).toContain('id="fn1"')
    expect(replay).toContain('<h2 id="what-it-prints">')
  })
  it('get a title if they bring none', () => {
    const page = renderReport(fixture(), [{ path: 'docs/x.md', title: 'An X', markdown: 'text' }]).get(
      'docs/x.html',
    )
    expect(page).toContain('<h1>An X</h1>')
  })
})

describe('paths', () => {
  it.each([
    ['docs/a.md', 'b.md', 'docs/b.md'],
    ['docs/a.md', '../libs/x/README.md', 'libs/x/README.md'],
    ['docs/d/a.md', './../b.md', 'docs/b.md'],
    ['docs/a.md', '/README.md', 'README.md'],
  ])('from %s, %s is %s', (from, target, path) => {
    expect(resolved(from, target)).toBe(path)
  })
  it.each([
    ['docs/a.html', 'docs/b.html', 'b.html'],
    ['docs/a.html', 'docs/d/b.html', 'd/b.html'],
    ['docs/d/a.html', 'docs/b.html', '../b.html'],
    ['docs/d/a.html', 'docs/e/b.html', '../e/b.html'],
  ])('from %s, %s is written %s', (from, to, link) => {
    expect(relative(from, to)).toBe(link)
  })
})
