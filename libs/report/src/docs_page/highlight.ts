/** Code in documents, coloured when the page is made: the page itself needs no script for it. */
import { createCssVariablesTheme, createHighlighterCoreSync, type HighlighterCore } from 'shiki/core'
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript'
import c from 'shiki/langs/c.mjs'
import json from 'shiki/langs/json.mjs'
import typescript from 'shiki/langs/typescript.mjs'
import { html } from '../markup.ts'

const LANGUAGES: Readonly<Record<string, string>> = {
  c: 'c',
  ts: 'typescript',
  typescript: 'typescript',
  json: 'json',
}

/** The colours that the palette knows; the rest of the theme's many stay plain. */
const CLASSES: Readonly<Record<string, string>> = {
  'var(--shiki-token-keyword)': 'k',
  'var(--shiki-token-string)': 's',
  'var(--shiki-token-string-expression)': 's',
  'var(--shiki-token-comment)': 'm',
  'var(--shiki-token-function)': 'f',
  'var(--shiki-token-constant)': 'n',
}

let highlighter: HighlighterCore | null = null

/** Made at the first piece of code: grammars cost more than all the rest of a page. */
function loaded(): HighlighterCore {
  highlighter ??= createHighlighterCoreSync({
    engine: createJavaScriptRegexEngine(),
    langs: [c, typescript, json],
    themes: [createCssVariablesTheme()],
  })
  return highlighter
}

/** The code as HTML; text in a language without a grammar here stays plain. */
export function highlight(code: string, language: string): string {
  const grammar = LANGUAGES[language]
  if (grammar === undefined) return html`${code}`.text
  // Without a time limit: a slow machine would else get other colours, and so other bytes.
  const options = { lang: grammar, theme: 'css-variables', tokenizeTimeLimit: 0 }
  const { tokens } = loaded().codeToTokens(code, options)
  const lines = tokens.map((line) =>
    line.map(({ content, color }) => {
      const kind = CLASSES[color ?? '']
      return kind === undefined ? html`${content}`.text : html`<span class="${kind}">${content}</span>`.text
    }),
  )
  return lines.map((line) => line.join('')).join('\n')
}
