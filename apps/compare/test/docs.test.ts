/** The documents say what the code does: what can be compiled, run, compared or counted is. */
import { globSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { compileFunction } from 'node:vm'
import { type Ending, type Outcome, PROPERTIES } from '@bottom-half/deferred-work'
import { explore } from '@bottom-half/exploration'
import * as kernelModel from '@bottom-half/kernel-model'
import { Results, VERDICTS } from '@bottom-half/report'
import { WORKLOADS } from '@bottom-half/workloads'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { DESIGNS } from '../src/designs.ts'
import { evidenceOf } from '../src/finding_token.ts'
import { parseArguments } from '../src/options.ts'
import { REPOSITORY } from '../src/repository.ts'

const read = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8')

/** The cells of a row, without the marks around code. */
function cellsOf(row: string): string[] {
  const cells = row.replace(/^\s*\||\|\s*$/g, '').split('|')
  return cells.map((cell) => cell.replaceAll('`', '').trim())
}

/** The rows of the first table whose heading begins with these cells, up to the given column; [] if there is none. */
function table(markdown: string, columns: number, ...heading: string[]): string[][] {
  const lines = markdown.split('\n')
  const at = lines.findIndex((line) => {
    const cells = line.startsWith('|') ? cellsOf(line) : []
    return heading.every((cell, i) => cells[i] === cell)
  })
  if (at < 0) return []
  const end = lines.findIndex((line, i) => i > at && !line.startsWith('|'))
  return lines.slice(at + 2, end < 0 ? undefined : end).map((row) => cellsOf(row).slice(0, columns))
}

describe('docs/kernel-paths.md', () => {
  interface Block {
    readonly role: string
    readonly code: string
  }
  const page = read('docs/kernel-paths.md')
  const blocksOf = (text: string): Block[] =>
    [...text.matchAll(/^```ts\n\/\/ (\w+).*\n([^]*?)^```$/gm)].map((m) => ({ role: m[1]!, code: m[2]! }))
  const prelude = blocksOf(page).find(({ role }) => role === 'prelude')!
  const sections = page.split(/^## /m).flatMap((text) => {
    const blocks = blocksOf(text)
    const scenario = blocks.find(({ role }) => role === 'scenario')
    return scenario === undefined
      ? []
      : [{ title: text.slice(0, text.indexOf('\n')), text, blocks, scenario }]
  })
  const modules = sections.flatMap(({ title, blocks, scenario }) =>
    blocks
      .filter(({ role }) => role !== 'scenario')
      .map(({ role, code }) => ({ title, role, code: `${prelude.code}\n${code}\n${scenario.code}` })),
  )

  test('has sections with a right block, wrong ones and a scenario, and no other block of TypeScript', () => {
    const roles = sections.map(({ blocks }) => blocks.map(({ role }) => role).join(' '))
    expect(roles).not.toEqual([])
    expect(roles.filter((order) => !/^right( wrong)+ scenario$/.test(order))).toEqual([])
    expect(page.match(/^```ts$/gm)).toHaveLength(1 + sections.flatMap(({ blocks }) => blocks).length)
  })

  test('has only blocks that type-check against the packages', { timeout: 120_000 }, () => {
    const base = ts.readConfigFile(join(REPOSITORY, 'tsconfig.base.json'), (path) =>
      readFileSync(path, 'utf8'),
    ).config as { compilerOptions: unknown }
    const { options } = ts.convertCompilerOptionsFromJson(base.compilerOptions, REPOSITORY)
    const files = new Map(modules.map(({ code }, i) => [join(import.meta.dirname, `block${i}.ts`), code]))
    const usual = ts.createCompilerHost(options)
    const host: ts.CompilerHost = {
      ...usual,
      fileExists: (path) => files.has(path) || usual.fileExists(path),
      readFile: (path) => files.get(path) ?? usual.readFile(path),
      getSourceFile(path, version) {
        const code = files.get(path)
        if (code === undefined) return usual.getSourceFile(path, version)
        return ts.createSourceFile(path, code, version)
      },
    }
    const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([...files.keys()], options, host))
    expect(ts.formatDiagnostics(diagnostics, host)).toBe('')
  })

  type Scenario = (m: kernelModel.Machine) => () => string

  function scenarioOf(code: string): Scenario {
    const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2024 }
    const { outputText } = ts.transpileModule(code, { compilerOptions })
    const exports: { scenario?: Scenario } = {}
    compileFunction(outputText, ['exports', 'require'])(exports, () => kernelModel)
    return exports.scenario!
  }

  /** In all schedules: the kinds of the findings, and the end state. */
  function outcomesOf(code: string): string[] {
    const scenario = scenarioOf(code)
    const ends = new WeakMap<kernelModel.Machine, () => string>()
    const outcomes = new Set<string>()
    const boot = (options: { tracing: boolean }): kernelModel.Machine => {
      const machine = new kernelModel.Machine(options)
      ends.set(machine, scenario(machine))
      return machine
    }
    const onSchedule = (m: kernelModel.Machine): void =>
      void outcomes.add([...m.findings.map(({ kind }) => kind), ends.get(m)!()].join(', '))
    const { exhausted } = explore({ name: 'block', boot }, { maxSteps: 200, onSchedule })
    return [...outcomes, ...(exhausted ? [] : ['no end'])].sort()
  }

  describe.for(sections)('$title', ({ title, text }) => {
    const said = /\| +(\w+) +\| +(`[^|]+`) +\| +(\w*)[^|]*\|/g
    const rows = [...text.matchAll(said)].map(([, role, outcomes, verb]) => ({
      role,
      outcomes: [...outcomes!.matchAll(/`([^`]+)`/g)].map((m) => m[1]!).sort(),
      verb,
    }))

    test('has the outcomes that the page says, in all schedules', () => {
      const blocks = modules.filter((m) => m.title === title)
      const found = blocks.map(({ role, code }) => ({ role, outcomes: outcomesOf(code) }))
      expect(rows.map(({ role, outcomes }) => ({ role, outcomes }))).toEqual(found)
    })

    test('misses or invents what the page says', () => {
      const [right, ...wrong] = rows
      const without = (all: readonly string[], some: readonly string[]): string[] =>
        all.filter((each) => !some.includes(each))
      const differs = wrong.map(({ outcomes, verb }) =>
        verb === 'invents' ? without(outcomes, right!.outcomes) : without(right!.outcomes, outcomes),
      )
      expect(wrong.map(({ verb }) => verb).filter((verb) => verb !== 'misses' && verb !== 'invents')).toEqual(
        [],
      )
      expect(differs).not.toEqual([])
      expect(differs).not.toContainEqual([])
    })
  })
})

describe('docs/contract.md', () => {
  const page = read('docs/contract.md')

  test('lists the properties with their sentences and kinds', () => {
    const rows = PROPERTIES.map(({ id, sentence, kinds }) => [id, sentence, kinds.join(', ')])
    expect(table(page, 3, 'property', 'claim', 'kinds')).toEqual(rows)
  })

  test('lists the workloads with their questions, maps and targets', () => {
    const rows = WORKLOADS.map((w) => [w.id, w.question, w.maps.join(', '), w.targets.join(', ')])
    expect(table(page, 4, 'workload', 'what is asked', 'maps', 'targets')).toEqual(rows)
  })

  test('lists the capabilities, the outcomes and the endings', () => {
    const outcomes: Record<Outcome, true> = {
      accepted: true,
      busy: true,
      dying: true,
      'no-memory': true,
      'lock-failed': true,
      unsupported: true,
    }
    const endings: Record<Ending, true> = {
      ran: true,
      cancelled: true,
      'value-deleted': true,
      'task-gone': true,
      lost: true,
    }
    const first = (...heading: string[]): string[] => table(page, 1, ...heading).flat()
    expect(first('capability')).toEqual(Object.keys(DESIGNS[0]!.capabilities))
    expect(first('member of Mechanism')).toEqual([
      'record',
      'load_program(prog)',
      'submit(request)',
      'outcome(errno)',
    ])
    expect(first('outcome')).toEqual(Object.keys(outcomes))
    expect(first('ending')).toEqual(Object.keys(endings))
  })
})

test('docs/problem.md lists the designs with what they promise', () => {
  const answer = (yes: boolean): string => (yes ? 'yes' : 'no')
  const rows = DESIGNS.map(({ id, title, author, capabilities }) => {
    const { callbackContext, targetsTask, cancelsOnDelete } = capabilities
    return [id, title, author, callbackContext, answer(targetsTask), answer(cancelsOnDelete)]
  })
  expect(table(read('docs/problem.md'), 6, 'design', 'kernel name')).toEqual(rows)
})

test('docs/architecture.md says who may import whom as the check of the imports does', () => {
  interface Rule {
    readonly name: string
    readonly comment: string
  }
  const rules = createRequire(import.meta.url)(join(REPOSITORY, '.dependency-cruiser.cjs')) as {
    forbidden: Rule[]
  }
  const rows = rules.forbidden
    .filter(({ name }) => name.startsWith('imports-of-'))
    .map(({ name, comment }) => [
      name.replace('imports-of-', ''),
      comment.replace(/^.* may import (no other .*)?/, '') || '–',
    ])
  expect(table(read('docs/architecture.md'), 2, 'project', 'may import')).toEqual(rows)
})

test('docs/kernel-model.md has each numbered departure of the kernel model', () => {
  const source = join(REPOSITORY, 'libs/kernel-model/src')
  const departures = globSync('*/*.ts', { cwd: source }).flatMap((path) => {
    const [header = ''] = /^\/\*\*[^]*?\*\//.exec(readFileSync(join(source, path), 'utf8')) ?? []
    const list = header.split(/^ \* Departures\b.*$/m)[1] ?? ''
    return [...list.matchAll(/^ \* (\d+)\. /gm)].map(([, n]) => `${basename(path)} ${n}`)
  })
  const said = [...read('docs/kernel-model.md').matchAll(/^\| `([a-z_]+\.ts)` (\d+) +\|/gm)]
  expect(said.map(([, file, n]) => `${file} ${n}`).sort()).toEqual(departures.sort())
})

describe('docs/exploration.md', () => {
  test('counts the classes of counter(n, k)', () => {
    const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))
    const rows = table(read('docs/exploration.md'), 3, 'n', 'k', 'classes').map((row) => row.map(Number))
    expect(rows).not.toEqual([])
    expect(rows).toEqual(rows.map(([n, k]) => [n, k, factorial(n! * k!) / factorial(k!) ** n!]))
  })
})

describe('docs/results.md', () => {
  const page = read('docs/results.md')

  interface Schema {
    readonly description?: string
    readonly properties?: Record<string, Schema>
    readonly items?: Schema
  }

  /** Each object of the schema, by its path. */
  function objectsOf(path: string, { properties, items }: Schema): [string, Record<string, Schema>][] {
    if (items !== undefined) return objectsOf(`${path}[]`, items)
    if (properties === undefined) return []
    const inner = Object.entries(properties).flatMap(([key, schema]) =>
      objectsOf(path === 'results' ? key : `${path}.${key}`, schema),
    )
    return [[path, properties], ...inner]
  }

  const objects = objectsOf('results', z.toJSONSchema(Results) as Schema)

  test.each(objects)(
    'names each field of %s, with the description that the schema has',
    (path, properties) => {
      const rows = table(page, 3, path, 'type', 'meaning')
      expect(rows.map(([field]) => field)).toEqual(Object.keys(properties))
      const described = rows.map(([field, , meaning = '']) => [
        meaning,
        properties[field!]!.description ?? meaning,
      ])
      const plain = (text: string): string => text.replaceAll(/`|\[|\]\([^)]*\)/g, '')
      expect(described.filter(([meaning, text]) => !plain(meaning!).startsWith(plain(text!)))).toEqual([])
    },
  )

  test('lists the verdicts', () => {
    expect(table(page, 1, 'verdict', 'meaning').flat()).toEqual([...VERDICTS])
  })

  test('shows a token that can be read', () => {
    const token = /^\S+:\S+\.sc\d+\.\S+$/m.exec(page)![0]
    expect(evidenceOf(token)).toMatchObject({
      kind: 'self-deadlock',
      cell: { workload: 'nmi-delete-under-pi-lock' },
      choices: [{ step: 51, index: 2, of: 3 }],
    })
  })
})

test('README.md lists the options as the command does', () => {
  const help = parseArguments(['--help'])
  const text = help.do === 'help' ? help.text : ''
  const options = text.matchAll(/^ {2}(?:-h, )?(--[a-z]+(?: <[a-z]+>)?) {2,}([^]*?)(?=\n {2}-|\n\n)/gm)
  const rows = [...options].map(([, option, meaning]) => [option, meaning!.replaceAll(/\s+/g, ' ')])
  expect(rows).not.toEqual([])
  expect(table(read('README.md'), 2, 'option', 'meaning')).toEqual(rows)
})
