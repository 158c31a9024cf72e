/** The frame of every page: head, navigation, main part, footer. */
import { type Content, Markup, html, joined } from './markup.ts'
import { baseCss } from './style/base.ts'
import { paletteCss } from './style/palette.ts'

/** A document as the navigation shows it. */
export interface NavigationEntry {
  /** Relative to the root of the report: `docs/replay.html`. */
  readonly path: string
  readonly title: string
}

export interface Page {
  readonly path: string
  readonly title: string
  /** One sentence for search results and link previews. */
  readonly description: string
  /** Styles that only this kind of page needs. */
  readonly css: string
  /** Source of the viewer script, or null for a page that has none. */
  readonly script: string | null
  readonly content: Content
}

/** The way from a page to the root of the report: `../` for each folder. */
export function toRoot(path: string): string {
  return '../'.repeat(path.split('/').length - 1)
}

/** Nothing but what is in the file: also no request for an icon. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"

/** `</style>` in a style or `</script>` in a script would end it. */
const inline = (text: string) => new Markup(text.trim().replaceAll('</', String.raw`<\/`))

function link(page: Page, entry: NavigationEntry): Content {
  const current = entry.path === page.path ? 'page' : 'false'
  return html`<a href="${toRoot(page.path)}${entry.path}" aria-current="${current}">${entry.title}</a>`
}

function navigation(page: Page, documents: readonly NavigationEntry[]): Content {
  const report = link(page, { path: 'index.html', title: 'Report' })
  const items = documents.map((entry) => html`<li>${link(page, entry)}</li>`)
  const menu = html`<details class="menu">
    <summary>Documents</summary>
    <ul>
      ${items}
    </ul>
  </details>`
  return html`<header class="bar">
    <a class="skip" href="#content">Skip to the content</a>
    <nav aria-label="Report and documents">
      <span class="brand" translate="no">Bottom Half</span>
      ${joined([report, documents.length > 0 ? menu : null], '\n')}
    </nav>
  </header>`
}

/** The whole file. */
export function renderPage(page: Page, documents: readonly NavigationEntry[], footer: Content): string {
  const script =
    page.script === null
      ? null
      : html`<script>
          ${inline(page.script)}
        </script>`
  const file = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}" />
        <meta name="color-scheme" content="light dark" />
        <meta name="description" content="${page.description}" />
        <title>${page.title} · Bottom Half</title>
        <link rel="icon" href="data:," />
        <style>
          ${inline([paletteCss, baseCss, page.css].map((css) => css.trim()).join('\n'))}
        </style>
      </head>
      <body>
        ${navigation(page, documents)}
        <main id="content">${page.content}</main>
        <footer>${footer}</footer>
        ${script}
      </body>
    </html>`
  return `${file.text}\n`
}
