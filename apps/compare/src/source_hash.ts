/** Names the code that results depend on. */
import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { REPOSITORY } from './repository.ts'

/** This program, its libraries, and the versions of what they use. */
const SOURCES = ['apps/compare/src/**/*.ts', 'libs/**/src/**/*.{ts,tsx}', 'package-lock.json']
const DIGITS = 12

/** A checksum over all of it, some hexadecimal digits. */
export function sourceHash(): string {
  const hash = createHash('sha256')
  const exclude = ['**/node_modules']
  for (const path of globSync(SOURCES, { cwd: REPOSITORY, exclude }).toSorted())
    hash.update(`${path}\n`).update(readFileSync(join(REPOSITORY, path)))
  return hash.digest('hex').slice(0, DIGITS)
}
