/** The app as its user starts it, for the gates that look at what it writes. */
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export const repository = resolve(import.meta.dirname, '..')

/** Runs the app into a new folder and throws with its output if it fails. */
export function compareInto(folder, ...options) {
  const args = ['apps/compare/src/main.ts', '--out', folder, ...options]
  const run = spawnSync(process.execPath, args, {
    cwd: repository,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
  })
  if (run.status !== 0)
    throw new Error(`node ${args.join(' ')}: exit ${run.status}\n${run.stdout}${run.stderr}`)
}

/** Calls `use` with a temporary folder that is gone afterwards; what `use` returns are the complaints. */
export function gate(use) {
  const folder = mkdtempSync(join(tmpdir(), 'bottom-half-'))
  try {
    const complaints = use(folder)
    for (const complaint of complaints) console.log(complaint)
    process.exitCode = complaints.length > 0 ? 1 : 0
  } catch (error) {
    console.log(error.message)
    process.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export function filesIn(folder) {
  return globSync('**/*', { cwd: folder })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort()
}

/** Null when equal, otherwise where the two files first differ. */
export function firstDifference(left, right) {
  const [a, b] = [readFileSync(left), readFileSync(right)]
  if (a.equals(b)) return null
  const byte = a.findIndex((value, index) => value !== b[index])
  return byte === -1 ? Math.min(a.length, b.length) : byte
}
