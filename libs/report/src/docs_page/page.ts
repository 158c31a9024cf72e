/** docs/<name>.html: one document, with the others and its own sections beside it. */
import { type Content, html } from '../markup.ts'
import type { Page } from '../page.ts'
import { proseCss } from '../style/prose.ts'
import { type RenderedDocument, renderMarkdown } from './markdown.ts'
import { type DocumentSource, pagePath, relative } from './source.ts'

function beside(
  source: DocumentSource,
  docs: readonly DocumentSource[],
  { sections }: RenderedDocument,
): Content {
  const items = docs.map((each) => {
    if (each !== source)
      return html`<li>
        <a href="${relative(pagePath(source.path), pagePath(each.path))}">${each.title}</a>
      </li>`
    const own = sections.map(({ id, text }) => html`<li><a href="#${id}">${text}</a></li>`)
    const list =
      own.length === 0
        ? null
        : html` <ul>
            ${own}
          </ul>`
    return html`<li><strong>${each.title}</strong>${list}</li>`
  })
  return html`<nav class="beside" aria-label="Documents and sections">
    <ul>
      ${items}
    </ul>
  </nav>`
}

function documentPage(source: DocumentSource, docs: readonly DocumentSource[]): Page {
  const known = new Set(docs.map(({ path }) => path))
  const rendered = renderMarkdown(source, known)
  const title = rendered.titled ? null : html`<h1>${source.title}</h1>`
  const content = html`<div class="document">
    <article class="prose">${title}${rendered.content}</article>
    ${beside(source, docs, rendered)}
  </div>`
  const description = `${source.title}: a document of Bottom Half, a laboratory for deferred BPF execution.`
  return {
    path: pagePath(source.path),
    title: source.title,
    description,
    css: proseCss,
    script: null,
    content,
  }
}

/** The pages of all documents, in their order. */
export function documentPages(docs: readonly DocumentSource[]): Page[] {
  return docs.map((source) => documentPage(source, docs))
}
