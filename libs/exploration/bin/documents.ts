/** The files that are made from the code: the schema, the ready-made programs, the tables of docs/litmus.md. */
import { join, resolve } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { z } from 'zod'
import {
  CLASSIC,
  COUNTING,
  compileLitmus,
  exploreLitmus,
  INTERRUPTS,
  Litmus,
  type LitmusResult,
  type MemoryModel,
} from '../src/litmus/index.ts'

export const REPOSITORY = resolve(import.meta.dirname, '../../..')
export const SCHEMA_PATH = 'docs/litmus-schema.json'
export const PAGE_PATH = 'docs/litmus.md'
const PROGRAMS = 'libs/exploration/litmus'

/** A file, and its text. */
export interface Document {
  readonly path: string
  readonly text: string
}

async function pretty(text: string, path: string): Promise<string> {
  const filepath = join(REPOSITORY, path)
  return format(text, { ...(await resolveConfig(filepath)), filepath })
}

/** The schema of one program, as JSON Schema. */
export async function schemaDocument(): Promise<Document> {
  const text = JSON.stringify(z.toJSONSchema(Litmus, { io: 'input' }))
  return { path: SCHEMA_PATH, text: await pretty(text, SCHEMA_PATH) }
}

const lines = (all: readonly { readonly litmus: Litmus }[]): string =>
  all.map(({ litmus }) => `${JSON.stringify(litmus)}\n`).join('')

/** The ready-made programs, one file per kind. */
export function programDocuments(): Document[] {
  return [
    { path: `${PROGRAMS}/classic.jsonl`, text: lines(CLASSIC) },
    { path: `${PROGRAMS}/counting.jsonl`, text: lines(COUNTING) },
    { path: `${PROGRAMS}/interrupts.jsonl`, text: lines(INTERRUPTS) },
  ]
}

/** What the table says is what the exploration gives, now. */
function explored(litmus: Litmus, memory: MemoryModel): LitmusResult {
  const result = exploreLitmus(litmus, compileLitmus(litmus, { memory }), {
    clock: () => 0,
    use: 'reduction',
  })
  if (result.reason !== null) throw new Error(`${litmus.name} was not exhausted: ${result.reason}`)
  return result
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |\n`
  return row(head) + row(head.map(() => '---')) + rows.map(row).join('')
}

const yes = (observed: boolean | null): string => (observed === null ? '–' : observed ? 'observed' : 'never')

/** The models of the table, in its order. */
const COLUMNS: readonly (readonly [MemoryModel, string])[] = [
  ['sc', 'SC'],
  ['tso', 'x86-TSO'],
]

function classicTable(): string {
  const rows = CLASSIC.map(({ litmus }) => {
    const results = COLUMNS.map(([memory]) => explored(litmus, memory))
    const cells = results.flatMap(({ observed, classes }) => [yes(observed), String(classes)])
    return [litmus.name, `\`${litmus.final!.exists!}\``, ...cells]
  })
  return table(['shape', 'at the end', ...COLUMNS.flatMap(([, name]) => [name, 'classes'])], rows)
}

function interruptTable(): string {
  const rows = INTERRUPTS.map(({ litmus }) => {
    const { verdict, observed, classes, findings } = explored(litmus, 'sc')
    const { exists, forall } = litmus.final!
    const kinds = [...new Set(findings.map(({ kind }) => kind))].join(', ')
    return [
      litmus.name,
      exists === undefined ? `forall \`${forall}\`` : `exists \`${exists}\``,
      yes(observed),
      kinds === '' ? verdict : `${verdict}: ${kinds}`,
      String(classes),
    ]
  })
  return table(['program', 'at the end', 'exists', 'verdict', 'classes'], rows)
}

function countingTable(): string {
  const rows = COUNTING.map(({ litmus, source }) => {
    const { classes } = explored(litmus, 'sc')
    return [litmus.name, String(classes), source]
  })
  return table(['program', 'classes', 'derived or published as'], rows)
}

/** Puts a table in the place of the one that is under a heading. */
function withTable(page: string, heading: string, made: string): string {
  const at = page.indexOf(`\n${heading}\n`)
  if (at < 0) throw new Error(`${PAGE_PATH} has no heading "${heading}"`)
  const from = page.indexOf('\n|', at) + 1
  if (from === 0) throw new Error(`${PAGE_PATH} has no table under "${heading}"`)
  const end = /\n(?!\|)/.exec(page.slice(from))
  const to = end === null ? page.length : from + end.index + 1
  return page.slice(0, from) + made + page.slice(to)
}

/** The page with its tables made anew. */
export async function pageDocument(page: string): Promise<Document> {
  const tables: readonly (readonly [string, string])[] = [
    ['## Classic shapes', classicTable()],
    ['## Interrupts', interruptTable()],
    ['## Counts', countingTable()],
  ]
  const text = tables.reduce((all, [heading, made]) => withTable(all, heading, made), page)
  return { path: PAGE_PATH, text: await pretty(text, PAGE_PATH) }
}
