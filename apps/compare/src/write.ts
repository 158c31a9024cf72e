/** Writes the report: all of it, or as much of the old one as there was. */
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { renderReport, Results } from '@bottom-half/report'
import { documents } from './documents.ts'
import { jsonText } from './json.ts'
import { UserError } from './user_error.ts'

/** Comes last: where it is, the rest is. */
const RESULTS = 'results.json'

/** Throws UserError unless a report can be written to the folder. Leaves no trace but the folders above it. */
export function checkOut(out: string): void {
  try {
    mkdirSync(dirname(out), { recursive: true })
    rmdirSync(besides(out))
    if (!existsSync(out)) return
    if (!statSync(out).isDirectory()) throw new UserError(`--out: expected a folder, and ${out} is a file`)
    rmdirSync(mkdtempSync(join(out, '.probe-')))
  } catch (error) {
    throw complaint(error, out)
  }
}

/** What the file system says, as a sentence. */
function complaint(error: unknown, out: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === undefined) return error
  return new UserError(`--out: expected a folder that can be written to, and ${out} cannot be (${code})`)
}

/** The text of results.json. Throws if the results do not fit their schema, which is a lab bug. */
export function resultsText(results: Results): string {
  return jsonText(Results.parse(results))
}

/**
 * Writes results.json and all pages. They are made in a folder beside `out` and moved over one by one, so that a page is
 * never half written; pages of an earlier report that this one does not have are removed. Throws UserError if that cannot be.
 */
export function writeReport(results: Results, out: string): void {
  const files = new Map([...renderReport(results, documents()), [RESULTS, resultsText(results)]])
  const stale = stalePages(out, new Set(files.keys()))
  const made = besides(out)
  try {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(made, path)), { recursive: true })
      writeFileSync(join(made, path), text)
    }
    for (const path of files.keys()) {
      mkdirSync(dirname(join(out, path)), { recursive: true })
      renameSync(join(made, path), join(out, path))
    }
    for (const path of stale) rmSync(join(out, path))
  } catch (error) {
    throw complaint(error, out)
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
}

/** A new folder on the same file system. */
function besides(out: string): string {
  return mkdtempSync(join(dirname(out), `.${basename(out)}-`))
}

/** Pages that belong to an earlier report; none in a folder that holds no report of ours. */
function stalePages(out: string, kept: ReadonlySet<string>): string[] {
  if (!isReport(join(out, RESULTS))) return []
  const pages = globSync('{findings,docs}/**/*.html', { cwd: out }).map((path) => path.replaceAll('\\', '/'))
  return pages.filter((path) => !kept.has(path))
}

function isReport(path: string): boolean {
  try {
    const { schema, lab } = JSON.parse(readFileSync(path, 'utf8')) as { schema?: unknown; lab?: unknown }
    return schema !== undefined && lab !== undefined
  } catch {
    return false
  }
}
