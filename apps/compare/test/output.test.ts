// cspell:ignore pipefail
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { MAP_TYPES, PROPERTIES } from '@bottom-half/deferred-work'
import { Results } from '@bottom-half/report'
import { WORKLOADS } from '@bottom-half/workloads'
import { expect, test } from 'vitest'
import { DESIGNS } from '../src/designs.ts'
import { compare, contents, environment, folder, MAIN } from './command.ts'

const LITTLE = ['--workloads', 'one-submit', '--map', 'hash']
const ESCAPE = '\u001B['

test('--list names everything there is to choose from, and the question of each workload, in 100 columns', () => {
  const { code, stdout, stderr } = compare(['--list'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const text = stdout.replaceAll(/\s+/g, ' ')
  for (const { id } of [...DESIGNS, ...PROPERTIES]) expect(text).toContain(id)
  for (const { id, question } of WORKLOADS) expect(text).toContain(`${id} ${question}`)
  for (const map of MAP_TYPES) expect(text).toContain(map)
  expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(100)
})

test('--help has examples and exit codes', () => {
  const { code, stdout } = compare(['--help'])
  expect(code).toBe(0)
  for (const part of ['Examples:', 'Exit codes:', '--replay <token>', 'NO_COLOR'])
    expect(stdout).toContain(part)
})

test('--json prints results.json and nothing else, the same as is written', () => {
  const out = folder()
  const { code, stdout } = compare([...LITTLE, '--json', '--out', out])
  expect(code).toBe(0)
  expect(contents(out)['results.json']).toBe(stdout)
  expect(Results.parse(JSON.parse(stdout)).cells).toHaveLength(2 * DESIGNS.length)
})

test('--json alone writes no file', () => {
  const cwd = folder()
  const { code, stderr } = compare([...LITTLE, '--json'], {}, cwd)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(contents(cwd)).toEqual({})
})

test('whoever reads the output may stop reading it', () => {
  const pipe = `set -o pipefail; "${process.execPath}" "${MAIN}" ${LITTLE.join(' ')} --json | head -c 10`
  const { status, stdout, stderr } = spawnSync('bash', ['-c', pipe], { env: environment(), encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toHaveLength(10)
})

test('output is plain in a pipe, has colours if they are asked for, and NO_COLOR is stronger', () => {
  const run = (env: Record<string, string>): string => {
    const { code, stdout, stderr } = compare(['--list'], env)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return stdout
  }
  const plain = run({})
  expect(plain).not.toContain(ESCAPE)
  expect(run({ FORCE_COLOR: '1' })).toContain(ESCAPE)
  expect(run({ FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(plain)
})

test('the summary tells verdict, schedules and worst finding of each design and where the report is, in 100 columns', () => {
  const out = join(folder(), 'new', 'reports')
  const { stdout } = compare([...LITTLE, '--out', out])
  expect(stdout).not.toContain(ESCAPE)
  const { findings } = Results.parse(JSON.parse(contents(out)['results.json']!))
  for (const { id } of DESIGNS) expect(stdout).toContain(id)
  expect(stdout).toMatch(/^one-submit +✗ 1 violated +2 /m)
  expect(stdout).toContain(`worst: ${findings[0]!.title}`)
  expect(stdout).toContain(`report: ${join(relative(tmpdir(), out), 'index.html')}`)
  // A token is copied as a whole: never broken.
  const lines = stdout.split('\n').filter((line) => !line.includes('--replay') && !line.startsWith('report:'))
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(100)
})
