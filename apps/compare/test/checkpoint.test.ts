import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compare, contents, folder, start } from './command.ts'

const SELECTION = ['--designs', 'rqspinlock-async-kern', '--workloads', 'nmi-submit-during-submit', '--json']

/** Starts a run that keeps a checkpoint, and kills it as soon as the file was written `times` times. */
async function killed(args: readonly string[], above: string, times: number): Promise<void> {
  const watcher = watch(above)
  const child = start(args)
  let written = 0
  watcher.on('change', (_, name) => {
    if (name === 'kept' && ++written === times) child.kill('SIGKILL')
  })
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  watcher.close()
  expect([code, signal]).toEqual([null, 'SIGKILL'])
}

test('killed and resumed, a run gives the results of one that was never interrupted, and removes its checkpoint', async () => {
  const above = folder()
  const path = join(above, 'kept')
  const args = [...SELECTION, '--checkpoint', path]
  await killed(args, above, 2)
  expect(existsSync(path)).toBe(true)
  const before = readFileSync(path, 'utf8')
  const again = compare(args)
  expect(again).toMatchObject({ code: 2, stdout: '' })
  expect(again.stderr).toContain('exists: expected --resume to go on with it')
  const other = compare([...args, '--resume', '--seed', '7'])
  expect(other).toMatchObject({ code: 2, stdout: '' })
  expect(other.stderr).toMatch(/^compare: --resume: [^\n]* --seed was 1, and is 7\n$/)
  const weaker = compare([...args, '--resume', '--memory', 'tso'])
  expect(weaker.stderr).toMatch(/^compare: --resume: [^\n]* --memory was "sc", and is "tso"\n$/)
  writeFileSync(path, `${before.slice(0, -10)}${'x'.repeat(8)}\n`)
  expect(compare([...args, '--resume']).stderr).toMatch(/^compare: --resume: [^\n]* is damaged[^\n]*\n$/)
  writeFileSync(path, before.replace(/("the checksum of the code":)"\w+"/, '$1"0"'))
  expect(compare([...args, '--resume']).stderr).toMatch(
    /^compare: --resume: [^\n]* the checksum of the code was "0", and is "[0-9a-f]{12}"\n$/,
  )
  writeFileSync(path, before)
  const resumed = compare([...args, '--resume'])
  expect(resumed.code).toBe(0)
  expect(JSON.parse(resumed.stdout)).toEqual(JSON.parse(compare(SELECTION).stdout))
  expect(contents(above)).toEqual({})
}, 240_000)
