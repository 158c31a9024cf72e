/** The app as its user starts it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onTestFinished, vi } from 'vitest'

// Each test starts processes, on a machine that may have other things to do.
vi.setConfig({ testTimeout: 60_000 })

export const MAIN = resolve(import.meta.dirname, '../src/main.ts')

/** Without what the terminal of whoever runs the tests, or Nx, says about colours and folders. */
export function environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env
  return { PATH, HOME, ...more }
}

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs it to its end, in the temporary folder of the system unless told otherwise. */
export function compare(args: readonly string[], env: Record<string, string> = {}, cwd = tmpdir()): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd,
    env: environment(env),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  return { code: status, stdout, stderr }
}

/** Starts it. */
export function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], { cwd: tmpdir(), env: environment() })
}

/** A folder that is gone after the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'bottom-half-test-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** The files of a folder with their contents, hidden ones too. */
export function contents(path: string): Record<string, string> {
  const names = [...globSync('**/*', { cwd: path }), ...globSync('**/.*', { cwd: path })]
  const files = names.filter((name) => statSync(join(path, name)).isFile()).toSorted()
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(path, name), 'utf8')]))
}
