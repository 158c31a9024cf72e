/** The documents of the repository that go into the report. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DocumentSource } from '@bottom-half/report'
import { REPOSITORY } from './repository.ts'

/** All of docs, in the order of their paths. The title is the first heading; without one, the name of the file. */
export function documents(): DocumentSource[] {
  const paths = globSync('docs/**/*.md', { cwd: REPOSITORY }).map((path) => path.replaceAll('\\', '/'))
  return paths.toSorted().map((path) => {
    const markdown = readFileSync(join(REPOSITORY, path), 'utf8')
    const title = /^# +(.+)$/m.exec(markdown)?.[1]?.trim() ?? path.replace(/^.*\/|\.md$/g, '')
    return { path, title, markdown }
  })
}
