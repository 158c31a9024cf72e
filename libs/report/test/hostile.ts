/** Results and documents whose every text tries to leave its place. */
import type { DocumentSource } from '../src/docs_page/source.ts'
import { Results } from '../src/results.ts'
import { fixture } from './fixture/results.ts'

export const HOSTILE = `"'></td><script>window.hacked = 1</script><img src=x onerror="hacked=1">&amp; \u001b[31m\u202e {{x}} \${y}`

/** Texts that name a file or are one of a fixed set of words. */
const KEPT = new Set(['id', 'finding', 'level', 'memory', 'verdict'])

/** The fixture with the hostile text behind each of its texts; references stay intact, for both ends change alike. */
export function hostileResults(): Results {
  const poison = (value: unknown, key: string, inFinding: boolean): unknown => {
    if (typeof value === 'string')
      return KEPT.has(key) && (key !== 'id' || inFinding) ? value : value + HOSTILE
    if (Array.isArray(value)) return value.map((item) => poison(item, key, inFinding || key === 'findings'))
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value).map(([name, each]) => [name, poison(each, name, inFinding)])
    return Object.fromEntries(entries) as unknown
  }
  return Results.parse(poison(fixture(), '', false))
}

export const hostileDocuments: readonly DocumentSource[] = [
  {
    path: 'docs/hostile.md',
    title: `Hostile ${HOSTILE}`,
    markdown: `# Hostile ${HOSTILE}

<script>window.hacked = 1</script> <img src=x onerror="hacked=1"> [link](javascript:hacked=1) ![picture](https://example.org/x.png)

\`\`\`ts
const x = '</code></pre><script>window.hacked = 1</script>'
\`\`\`

    </code></pre><script>window.hacked = 1</script>
`,
  },
]
