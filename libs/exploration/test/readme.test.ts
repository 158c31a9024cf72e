/** The examples of the README are run, and print what the README says. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripTypeScriptTypes } from 'node:module'
import { formatWithOptions } from 'node:util'
import { compileFunction } from 'node:vm'
import * as kernelModel from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import * as exploration from '../src/index.ts'

const PACKAGES: Readonly<Record<string, unknown>> = {
  '@bottom-half/exploration': exploration,
  '@bottom-half/kernel-model': kernelModel,
}

const README = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
const EXAMPLES = [...README.matchAll(/```ts\n([^]*?)```\s+(?:[^`]*?)```text\n([^]*?)```/g)].map(
  ([, code, output]) => [/name: '([^']+)'/.exec(code!)![1]!, code!, output!] as const,
)

/** Runs the code; gives what it prints. */
function printed(code: string): string {
  const lines: string[] = []
  const log = (...values: unknown[]): void =>
    void lines.push(`${formatWithOptions({ colors: false, breakLength: 120 }, ...values)}\n`)
  const source = stripTypeScriptTypes(code).replaceAll(
    /^import \{([^}]*)\} from '([^']+)'$/gm,
    (_, names: string, from: string) => `const {${names}} = packages['${from}']`,
  )
  compileFunction(source, ['packages', 'console'])(PACKAGES, { log })
  return lines.join('')
}

test('the README has examples, each with what it prints', () => {
  expect(EXAMPLES.map(([name]) => name)).toEqual(['lost-increment', 'SB', 'counter(4,3)'])
  expect(README.match(/```ts\n/g)).toHaveLength(EXAMPLES.length)
})

test.each(EXAMPLES)('the example %s of the README prints what the README says', (_name, code, output) => {
  expect(printed(code)).toBe(output)
})
