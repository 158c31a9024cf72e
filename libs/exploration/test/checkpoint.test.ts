import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { counter } from '../bench/programs.ts'
import { explore, type ExplorationState } from '../src/index.ts'
import {
  CheckpointError,
  Pace,
  readCheckpoint,
  StateJson,
  stateToJson,
  writeCheckpoint,
} from '../src/node/index.ts'

const CHILD = join(import.meta.dirname, 'checkpoint_child.ts')

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'bottom-half-test-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

test('after each kill -9 a resumed exploration goes on from the last checkpoint, and ends with the same counts and findings', () => {
  const path = join(folder(), 'kept')
  const child = (...args: string[]) =>
    spawnSync(process.execPath, [CHILD, path, ...args], { encoding: 'utf8' })
  expect(child('afresh', '3').signal).toBe('SIGKILL')
  expect(child('resume', '5').signal).toBe('SIGKILL')
  expect(child('resume', '2').signal).toBe('SIGKILL')
  const { stdout, stderr, status } = child('resume', '1000')
  expect([status, stderr]).toEqual([0, ''])
  const { result, runs } = JSON.parse(stdout) as { result: unknown; runs: number }
  expect(result).toEqual(explore(counter(3, 3)))
  // 3, 5 and 2 checkpoints, of 100 runs each.
  expect(runs).toBe(1680 - 1000)
}, 60_000)

const OF = { program: 'p', '--memory': 'sc' }
const Body = z.strictObject({ n: z.int() })

test('what is written is read again, and nothing else is left in the folder', () => {
  const above = folder()
  const path = join(above, 'kept')
  for (const n of [1, 2]) {
    writeCheckpoint(path, OF, { n })
    expect(readCheckpoint(path, OF, Body)).toEqual({ n })
  }
  expect(readdirSync(above)).toEqual(['kept'])
})

test.each<[string, (text: string) => string, Record<string, string>, string]>([
  [
    'of another program',
    (text) => text,
    { ...OF, program: 'q' },
    'of another run: program was "p", and is "q"',
  ],
  ['of other options', (text) => text, { ...OF, '--memory': 'tso' }, '--memory was "sc", and is "tso"'],
  ['of an option that is gone', (text) => text, { program: 'p' }, '--memory was "sc", and is not given'],
  [
    'of another version',
    (text) => text.replace('"version":9', '"version":8'),
    OF,
    'of version 8, and this is version 9',
  ],
  [
    'that is damaged',
    (text) => text.replace('{"n":1}', '{"n":2}'),
    OF,
    'is damaged: its checksum does not fit',
  ],
  ['that is cut off', (text) => text.slice(0, -4), OF, 'is damaged: its checksum does not fit'],
  ['that is cut off early', (text) => text.slice(0, 40), OF, 'is no checkpoint'],
  ['that is something else', () => 'hello\n', OF, 'is no checkpoint'],
])('a checkpoint %s is refused in one sentence', (_, change, of, sentence) => {
  const path = join(folder(), 'kept')
  writeCheckpoint(path, OF, { n: 1 })
  writeFileSync(path, change(readFileSync(path, 'utf8')))
  const read = (): unknown => readCheckpoint(path, of, Body)
  expect(read).toThrow(CheckpointError)
  expect(read).toThrow(sentence)
  expect(read).not.toThrow('\n')
})

test('a state of which a part is missing or of another type is refused', () => {
  let saved: ExplorationState | null = null
  explore(counter(3, 2), {
    maxExecutions: 40,
    checkpoint: { due: () => false, save: (state) => (saved = state) },
  })
  const json = JSON.parse(JSON.stringify(stateToJson(saved!))) as Record<string, unknown>
  expect(StateJson.safeParse(json).success).toBe(true)
  for (const key of Object.keys(json)) {
    const { [key]: __, ...rest } = json
    expect(StateJson.safeParse(rest).success).toBe(false)
    expect(StateJson.safeParse({ ...json, [key]: 7 }).success).toBe(false)
  }
})

test('saving is due after two seconds, and takes a twentieth of the time at most', () => {
  let now = 0
  const pace = new Pace(() => now)
  now = 1999
  expect(pace.due()).toBe(false)
  now = 2000
  expect(pace.due()).toBe(true)
  pace.save(() => (now += 500))
  now += 9999
  expect(pace.due()).toBe(false)
  now += 1
  expect(pace.due()).toBe(true)
})
