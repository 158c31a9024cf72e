/** A document of the repository, and where its page goes. */

export interface DocumentSource {
  /** Path in the repository: `docs/replay.md`. */
  readonly path: string
  readonly title: string
  readonly markdown: string
}

/** `docs/replay.md` becomes `docs/replay.html`, seen from the root of the report. */
export function pagePath(path: string): string {
  return `docs/${path.replace(/^docs\//, '').replace(/\.md$/, '.html')}`
}

/** The path that `target`, written in the file at `from`, means; `..` beyond the root stays at the root. */
export function resolved(from: string, target: string): string {
  const parts = target.startsWith('/') ? [] : from.split('/').slice(0, -1)
  for (const part of target.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}

/** How to write, in the file at `from`, a link to the file at `to`. */
export function relative(from: string, to: string): string {
  const [here, there] = [from.split('/').slice(0, -1), to.split('/')]
  let same = 0
  while (same < here.length && same < there.length - 1 && here[same] === there[same]) same += 1
  return '../'.repeat(here.length - same) + there.slice(same).join('/')
}
