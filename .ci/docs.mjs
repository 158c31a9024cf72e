/**
 * Builds every markdown page of the repository to HTML and follows each link inside the repository: the
 * file must exist, and so must the heading it points to.
 * Usage: node .ci/docs.mjs [folder to keep the pages in]
 */
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, normalize, resolve } from 'node:path'
import MarkdownIt from 'markdown-it'
import anchor from 'markdown-it-anchor'
import footnote from 'markdown-it-footnote'

const repository = resolve(import.meta.dirname, '..')
const keep = process.argv[2]
const out = keep ?? mkdtempSync(join(tmpdir(), 'bottom-half-docs-'))

/** As the code host makes them, so that a link works there and here. */
const slugify = (heading) =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-')

const markdown = new MarkdownIt({ html: false, linkify: false })
  .use(anchor, { slugify, tabIndex: false })
  .use(footnote)

function readPage(path) {
  const tokens = markdown.parse(readFileSync(join(repository, path), 'utf8'), {})
  const children = tokens.flatMap((token) => token.children ?? [])
  return {
    path,
    tokens,
    ids: new Set(tokens.flatMap((token) => token.attrGet('id') ?? [])),
    titles: tokens.filter(({ type, tag }) => type === 'heading_open' && tag === 'h1').length,
    links: children.filter(({ type }) => type === 'link_open' || type === 'image'),
  }
}

const targetOf = (token) => token.attrGet(token.type === 'image' ? 'src' : 'href')
const isExternal = (target) => /^[a-z]+:/.test(target)

function complaintAboutLink(page, target, pages) {
  if (isExternal(target)) return []
  const [file, heading] = decodeURI(target).split('#')
  const path = file === '' ? page.path : normalize(join(dirname(page.path), file))
  if (path.startsWith('..') || !existsSync(join(repository, path))) {
    return [`${page.path}: ${target} leads nowhere`]
  }
  const linked = pages.get(path)
  const found = heading === undefined || linked === undefined || linked.ids.has(heading)
  return found ? [] : [`${page.path}: ${target} names no heading of ${path}`]
}

function complaintsAbout(page, pages) {
  const title = page.titles === 1 ? [] : [`${page.path}: ${page.titles} titles, expected one`]
  return [...title, ...page.links.flatMap((link) => complaintAboutLink(page, targetOf(link), pages))]
}

function writePage(page) {
  for (const link of page.links.filter(({ type }) => type === 'link_open')) {
    const href = targetOf(link)
    if (!isExternal(href)) link.attrSet('href', href.replace(/\.md(?=#|$)/, '.html'))
  }
  const content = markdown.renderer.render(page.tokens, markdown.options, {})
  const title = markdown.utils.escapeHtml(basename(page.path, '.md'))
  const head = `<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>${title}</title>\n`
  const target = join(out, page.path.replace(/\.md$/, '.html'))
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, `${head}<main>\n${content}</main>\n</html>\n`)
}

const paths = globSync(['*.md', '{docs,libs,apps}/**/*.md'], {
  cwd: repository,
  exclude: (path) => basename(path) === 'node_modules',
}).sort()
const pages = new Map(paths.map((path) => [path, readPage(path)]))
const complaints = [...pages.values()].flatMap((page) => complaintsAbout(page, pages))
if (!paths.some((path) => path.startsWith('docs/'))) complaints.push('docs holds no page')

for (const page of pages.values()) writePage(page)
if (keep === undefined) rmSync(out, { recursive: true })
for (const complaint of complaints) console.log(complaint)
console.log(`${pages.size} pages, ${complaints.length} complaints`)
process.exitCode = complaints.length > 0 ? 1 : 0
