/** Where things are, whatever folder the command was typed in. */
import { readFileSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'

/** The top of the repository. */
export const REPOSITORY = resolve(import.meta.dirname, '../../..')

/** Where the report goes unless `--out` says otherwise. */
export const REPORTS = join(REPOSITORY, 'reports')

/** The folder in which the user typed the command: Nx runs its targets at the top of the repository. */
export function startFolder(env: NodeJS.ProcessEnv = process.env): string {
  const throughNx = env['NX_TASK_TARGET_PROJECT'] === 'compare' && env['NX_TASK_TARGET_TARGET'] === 'run'
  return throughNx && env['INIT_CWD'] !== undefined ? env['INIT_CWD'] : process.cwd()
}

/** A file as a path in the repository with slashes; null if it is elsewhere or a dependency. */
export function pathInRepository(file: string): string | null {
  const path = relative(REPOSITORY, file).split(sep).join('/')
  return path.startsWith('../') || path.startsWith('node_modules/') ? null : path
}

const files = new Map<string, string[]>()

/** A line of a file of the repository, trimmed; null if there is none. Each file is read once. */
export function sourceLine(path: string, line: number): string | null {
  let lines = files.get(path)
  if (lines === undefined) files.set(path, (lines = readFileSync(join(REPOSITORY, path), 'utf8').split('\n')))
  return lines[line - 1]?.trim() ?? null
}
