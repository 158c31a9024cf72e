declare module 'markdown-it-footnote' {
  import type { MarkdownIt } from 'markdown-it'
  /** Adds footnotes: `[^1]` and `[^1]: text`. */
  const footnote: (markdown: MarkdownIt) => void
  export default footnote
}
