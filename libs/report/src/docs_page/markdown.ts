/** Markdown to HTML as the documents use it: no raw HTML, anchors as the code host makes them, footnotes. */
import MarkdownIt, { type MarkdownIt as Markdown } from 'markdown-it'
import anchor from 'markdown-it-anchor'
import footnote from 'markdown-it-footnote'
import { type Content, Markup, escape } from '../markup.ts'
import { highlight } from './highlight.ts'
import { visible } from '../visible.ts'
import { rewriteLinks } from './links.ts'
import type { DocumentSource } from './source.ts'

/** A heading that the page lists as its contents. */
export interface Heading {
  readonly id: string
  readonly text: string
}

export interface RenderedDocument {
  readonly content: Content
  readonly sections: readonly Heading[]
  /** False if the text brings no title of its own. */
  readonly titled: boolean
}

/** As the code host makes them, so that a link works there and here. */
function slugify(heading: string): string {
  const kept = heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{Pc}\- ]/gu, '')
  return kept.replaceAll(' ', '-')
}

function createMarkdown(): Markdown {
  const markdown = new MarkdownIt({ html: false, linkify: false, highlight })
    .use(anchor as never, {
      slugify,
      tabIndex: false,
      permalink: anchor.permalink.headerLink({ safariReaderFix: true }),
    })
    .use(footnote)
  const { rules } = markdown.renderer
  // Pages load nothing: a picture is replaced by its description.
  rules.image = (tokens, index) => `<em>[${escape(tokens[index]!.content)}]</em>`
  rules['table_open'] = () =>
    '<div class="wide" role="group" aria-label="Table" tabindex="0"><table class="plain-table">\n'
  rules['table_close'] = () => '</table></div>\n'
  rules.fence = (tokens, index) => {
    const { content, info } = tokens[index]!
    const language = info.trim().split(/\s+/)[0] ?? ''
    return `<pre tabindex="0"><code>${highlight(content.trimEnd(), language)}</code></pre>\n`
  }
  rules.code_block = (tokens, index) =>
    `<pre tabindex="0"><code>${escape(tokens[index]!.content.trimEnd())}</code></pre>\n`
  return markdown
}

const markdown = createMarkdown()

/** One document; `known` are the paths of all documents of the report. */
export function renderMarkdown(source: DocumentSource, known: ReadonlySet<string>): RenderedDocument {
  const tokens = markdown.parse(visible(source.markdown), {})
  rewriteLinks(tokens, source, known)
  const headings = tokens.flatMap((token, index) => (token.type === 'heading_open' ? [{ token, index }] : []))
  const sections = headings
    .filter(({ token }) => token.tag === 'h2')
    .map(({ token, index }) => ({
      id: String(token.attrGet('id') ?? ''),
      text: textOf(tokens[index + 1]?.children ?? []),
    }))
  const content = new Markup(markdown.renderer.render(tokens, markdown.options, {}))
  return { content, sections, titled: headings.some(({ token }) => token.tag === 'h1') }
}

function textOf(tokens: readonly { type: string; content: string }[]): string {
  return tokens
    .flatMap(({ type, content }) => (type === 'text' || type === 'code_inline' ? [content] : []))
    .join('')
}
