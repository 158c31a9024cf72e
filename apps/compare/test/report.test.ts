import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { renderText, Results } from '@bottom-half/report'
import { expect, test } from 'vitest'
import { DESIGNS, REVISION } from '../src/designs.ts'
import { exploreCell } from '../src/explore_cell.ts'
import { type Evidence, evidenceOf, tokenOf } from '../src/finding_token.ts'
import { REPORTS } from '../src/repository.ts'
import { compare, contents, folder } from './command.ts'

const ARGS = ['--workloads', 'two-values-one-batch,submit-vs-last-uref', '--map', 'array']

test('the number of workers has no influence on any file', () => {
  const [one, three] = [folder(), folder()]
  expect(compare([...ARGS, '--out', one, '--workers', '1']).code).toBe(0)
  expect(compare([...ARGS, '--out', three, '--workers', '3']).code).toBe(0)
  const files = contents(one)
  expect(contents(three)).toEqual(files)
  const { findings } = Results.parse(JSON.parse(files['results.json']!))
  const pages = findings.map(({ id }) => join('findings', `${id}.html`))
  expect(Object.keys(files)).toEqual(expect.arrayContaining(['index.html', 'results.json', ...pages]))
})

test('in the report of the repository each class was run once, and no run was blocked', () => {
  const { cells } = Results.parse(JSON.parse(readFileSync(join(REPORTS, 'results.json'), 'utf8')))
  const wasteful = cells.filter(({ executions, schedules, blocked }) => executions > schedules || blocked > 0)
  expect(wasteful).toEqual([])
  expect(cells.some(({ executions }) => executions > 1)).toBe(true)
})

test('each token replays to the text of the report, byte for byte', () => {
  const { stdout } = compare([...ARGS, '--json'])
  const { findings } = Results.parse(JSON.parse(stdout))
  expect(findings.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['leak', 'lost-callback', 'value-stuck']),
  )
  const oneOfEachKind = new Map(findings.map((finding) => [finding.kind, finding])).values()
  for (const finding of oneOfEachKind)
    expect(compare(['--replay', finding.token])).toEqual({ code: 0, stdout: renderText(finding), stderr: '' })
})

test('pages of an earlier report go, other files stay, nothing temporary is left', () => {
  const above = folder()
  const out = join(above, 'reports')
  const little = ['--workloads', 'one-submit', '--map', 'hash', '--out', out]
  expect(compare(little).code).toBe(0)
  const before = contents(above)
  writeFileSync(join(out, 'findings', 'gone.html'), 'of an earlier report')
  writeFileSync(join(out, 'mine.txt'), 'kept')
  expect(compare(little).code).toBe(0)
  expect(contents(above)).toEqual({ ...before, [join('reports', 'mine.txt')]: 'kept' })
})

test('a schedule that does not show its finding is a defect of the lab: exit code 3', () => {
  const cell = {
    design: DESIGNS[0]!.id,
    revision: REVISION,
    workload: 'one-submit',
    map: 'hash',
    target: 'current',
  } as const
  // The first finding of one kind as if it were of another: what the schedule does is right.
  const [leak] = exploreCell(cell, { budget: 10, seed: 1, memory: 'sc' }, () => {}).findings
  const { choices, memory, run } = evidenceOf(leak!.token) as Evidence
  const token = tokenOf({ cell, kind: 'double-free', nth: 1, choices, memory, run })
  const { code, stdout, stderr } = compare(['--replay', token])
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
  expect(stderr).toMatch(
    /^compare: \[lab bug\] the schedule of the token does what it did, and shows no finding of kind double-free\n/,
  )
})
