import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pageDocument, programDocuments, PAGE_PATH, REPOSITORY, schemaDocument } from '../bin/documents.ts'
import { parseArguments } from '../bin/litmus_options.ts'
import { exploreLitmus, parseLitmusFile } from '../src/litmus/index.ts'

const REMAKE = '(else: npx nx run exploration:litmus-documents)'

const read = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8')

test(`the published schema of litmus programs is the one in use ${REMAKE}`, async () => {
  const { path, text } = await schemaDocument()
  expect(read(path)).toBe(text)
})

test.each(programDocuments().map(({ path, text }) => [path, text] as const))(
  `%s holds the programs of the code ${REMAKE}`,
  (path, text) => {
    expect(read(path)).toBe(text)
  },
)

test(`the tables of ${PAGE_PATH} say what the exploration gives ${REMAKE}`, async () => {
  const page = read(PAGE_PATH)
  expect((await pageDocument(page)).text).toBe(page)
}, 60_000)

test('each operation of the schema is in the table of operations, and no other', () => {
  interface Schema {
    readonly $defs: {
      readonly Operation: { readonly oneOf: readonly { readonly properties: { readonly op: Named } }[] }
    }
  }
  interface Named {
    readonly const?: string
    readonly enum?: readonly string[]
  }
  const { $defs } = JSON.parse(read('docs/litmus-schema.json')) as Schema
  const known = $defs.Operation.oneOf.flatMap(({ properties: { op } }) => op.enum ?? [op.const!])
  const section = /\n## Operations\n([^]*?)\n\*\*/.exec(read(PAGE_PATH))![1]!
  const documented = section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .slice(1)
    .flatMap((line) => [...line.split('|')[1]!.matchAll(/`(\w+)`/g)].map(([, name]) => name))
  expect(new Set(documented)).toEqual(new Set(known))
})

test('each command that a document shows is one that the program takes', () => {
  const pages = globSync('{*,docs/**/*,libs/**/README}.md', { cwd: REPOSITORY, exclude: ['**/node_modules'] })
  const shown = pages.flatMap((path) => [...read(path).matchAll(/^npx nx run exploration:litmus( .*)?$/gm)])
  const wrong = shown.flatMap(([command, rest = '']) => {
    const args = rest
      .replace(/ #.*/, '')
      .split(' ')
      .filter((word) => word !== '' && word !== '--')
    try {
      parseArguments(args)
      return []
    } catch (error) {
      return [`${command}: ${(error as Error).message}`]
    }
  })
  expect(shown.length).toBeGreaterThan(2)
  expect(wrong).toEqual([])
})

test('the example of the README gives what the README says', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
  const [source, output] = [...readme.matchAll(/```json\n([^]*?)```/g)].map(([, text]) => text!)
  const [{ litmus, program }] = parseLitmusFile(JSON.stringify(JSON.parse(source!))) as [
    ReturnType<typeof parseLitmusFile>[number],
  ]
  const result = exploreLitmus(litmus, program, { clock: () => 0 })
  expect(result).toEqual({ ...(JSON.parse(output!) as object), seconds: 0 })
})
