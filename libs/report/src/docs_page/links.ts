/** Links of a document as its page needs them. */
import type { Token } from 'markdown-it'
import { type DocumentSource, pagePath, relative, resolved } from './source.ts'

const isExternal = (href: string) => /^[a-z][a-z0-9+.-]*:/i.test(href)

/** Where the link leads in the report, or the file of the repository that the report does not contain. */
function destination(
  href: string,
  from: DocumentSource,
  known: ReadonlySet<string>,
): { href: string } | { file: string } {
  if (isExternal(href) || href.startsWith('#')) return { href }
  const [target = '', heading] = href.split('#')
  const path = resolved(from.path, decodeURI(target))
  if (!known.has(path)) return { file: path }
  const link = relative(pagePath(from.path), pagePath(path))
  return { href: heading === undefined ? link : `${link}#${heading}` }
}

/**
 * Links to other documents lead to their pages. A file that is only in the repository cannot be reached
 * from a report that may lie anywhere: its link becomes text with the path as its title.
 */
export function rewriteLinks(
  tokens: readonly Token[],
  from: DocumentSource,
  known: ReadonlySet<string>,
): void {
  for (const token of tokens) {
    const unlinked: boolean[] = []
    for (const child of token.children ?? []) {
      if (child.type === 'link_close' && unlinked.pop() === true) child.tag = 'span'
      if (child.type !== 'link_open') continue
      const to = destination(String(child.attrGet('href') ?? ''), from, known)
      unlinked.push('file' in to)
      if ('file' in to) {
        child.tag = 'span'
        child.attrs = [
          ['class', 'file'],
          ['title', `${to.file} in the repository`],
        ]
      } else child.attrSet('href', to.href)
    }
  }
}
