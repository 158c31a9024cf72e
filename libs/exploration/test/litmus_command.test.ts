import { closeSync, openSync } from 'node:fs'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ItfFormat } from './itf_format.ts'
import { ChromeTraceFormat } from './chrome_trace_format.ts'
import { counter, fibBench, INTERRUPTS, type LitmusResult } from '../src/litmus/index.ts'

const COMMAND = join(import.meta.dirname, '../bin/litmus.ts')
const text = (...programs: readonly { readonly litmus: unknown }[]): string =>
  programs.map(({ litmus }) => `${JSON.stringify(litmus)}\n`).join('')

function run(args: readonly string[], input = ''): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args], {
    input,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

const results = (stdout: string): LitmusResult[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LitmusResult)

const LOCK = INTERRUPTS.find(({ litmus }) => litmus.name === 'lock+hardirq')!

test('prints one line of JSON for each program of the standard input, and nothing else', () => {
  const { status, stdout, stderr } = run([], text(counter(3, 2), LOCK))
  expect(stderr).toBe('')
  expect(status).toBe(0)
  const [first, second, ...rest] = results(stdout)
  expect(rest).toEqual([])
  expect(first).toMatchObject({
    name: 'counter(3,2)',
    memory: 'sc',
    verdict: 'holds',
    by: 'reduction',
    executions: 90,
    blocked: 0,
    redundant: 0,
    classes: 90,
    states: expect.any(Number),
    findings: [],
  })
  expect(second).toMatchObject({ name: 'lock+hardirq', memory: 'sc', verdict: 'violated' })
  const [, weak] = results(run(['--memory', 'tso'], text(counter(3, 2), LOCK)).stdout)
  expect(weak).toMatchObject({ name: 'lock+hardirq', memory: 'tso', verdict: 'violated' })
  for (const { needs } of weak!.findings) expect(needs).toBe('sc')
})

test('the token of a finding replays to the same finding, as steps, as an ITF trace and as a Chrome trace', () => {
  const { findings } = results(run([], text(LOCK)).stdout)[0]!
  const { title, token } = findings.find(({ kind }) => kind === 'self-deadlock')!
  const replay = (...as: string[]): string =>
    run(['-', '--replay', token!, ...as], text(counter(2, 1), LOCK)).stdout
  expect(replay()).toContain(title)
  ItfFormat.parse(JSON.parse(replay('--as', 'itf')))
  const chrome = ChromeTraceFormat.parse(JSON.parse(replay('--as', 'chrome')))
  expect(
    chrome.traceEvents.some((event) => 'name' in event && event.name === `self-deadlock: ${title}`),
  ).toBe(true)
})

test.each([
  [['--replay', 'counter(2,1).plain.x.y'], 'a token has five parts'],
  [['--replay', 'counter(2,1).plain.sc1.abc.qqqq'], 'the checksum of the token does not fit'],
  [['--replay', 'none.plain.x.y'], 'the token is of the program "none", and the file has counter(2,1)'],
  [['/does/not/exist'], 'expected a file of litmus programs, and "/does/not/exist" cannot be read (ENOENT)'],
  [['--memory', 'arm'], '--memory: expected sc or tso, and got "arm"'],
  [['--max-executions', '0'], '--max-executions: expected a whole number from 1, and got "0"'],
  [['--as', 'itf'], '--as: expected --replay with it'],
  [['--frobnicate'], "unknown option '--frobnicate'; --help tells the options"],
])('%j ends with exit code 2 and one sentence: %s', (args, sentence) => {
  const { status, stdout, stderr } = run(args, text(counter(2, 1)))
  expect(status).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toMatch(/^litmus: [^\n]*\n$/)
  expect(stderr).toContain(sentence)
})

test('a program that cannot be read ends the command before anything is printed', () => {
  const { status, stdout, stderr } = run([], `${text(counter(2, 1))}{"name": 1}\n`)
  expect([status, stdout]).toEqual([2, ''])
  expect(stderr).toBe('litmus: line 2: name: expected a string, found 1\n')
})

test('--help tells each option, the format and the exit codes', () => {
  const { status, stdout } = run(['--help'])
  expect(status).toBe(0)
  for (const word of ['--memory', '--max-executions', '--replay', '--as', 'docs/litmus.md', 'Exit codes'])
    expect(stdout).toContain(word)
})

test('a budget that ends is inconclusive', () => {
  const { stdout } = run(['--max-executions', '10'], text(counter(3, 2)))
  expect(results(stdout)[0]).toMatchObject({ verdict: 'inconclusive', executions: 10 })
})

test('Ctrl-C prints what was finished and the program in progress as inconclusive, and ends with 130', async () => {
  const child = spawn(process.execPath, [COMMAND], { stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.end(text(fibBench(2), counter(5, 5), counter(2, 1)))
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    out += part
  })
  // Progress is told of the second program, which takes longer than the universe is old.
  child.stderr.once('data', () => child.kill('SIGINT'))
  const [code] = (await once(child, 'close')) as [number]
  expect(code).toBe(130)
  expect(results(out)).toMatchObject([
    { name: 'fib_bench(2)', memory: 'sc', verdict: 'holds' },
    { name: 'counter(5,5)', verdict: 'inconclusive', reason: 'interrupted' },
  ])
}, 30_000)

test('a reader that goes away ends the command without complaint', async () => {
  const child = spawn(process.execPath, [COMMAND], { stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.end(text(fibBench(2), fibBench(3), counter(2, 1), fibBench(4)))
  child.stdout.once('data', () => child.stdout.destroy())
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    complaint += part
  })
  const [code] = (await once(child, 'exit')) as [number]
  expect([code, complaint]).toEqual([0, ''])
}, 30_000)

test('an output that cannot be written is one sentence', () => {
  const full = openSync('/dev/full', 'w')
  const { status, stderr } = spawnSync(process.execPath, [COMMAND, '--help'], {
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  })
  closeSync(full)
  expect([status, stderr]).toEqual([2, 'litmus: the output cannot be written (ENOSPC)\n'])
})

test('a frame that goes round without a step is a soft lockup, and the command ends', () => {
  const inner = { op: 'repeat', times: 10_000, ops: [{ op: 'set', register: 'r', value: 'r + 1' }] }
  const ops = [{ op: 'repeat', times: 10_000, ops: [inner] }]
  const litmus = { name: 'round', init: { x: 0 }, cpus: [{ frames: [{ level: 'task', ops }] }] }
  const [result] = results(run([], text({ litmus })).stdout)
  expect(result!.findings).toMatchObject([{ kind: 'soft-lockup' }])
})

test('--replay goes without what only an exploration has', () => {
  for (const option of [['--states'], ['--memory', 'tso'], ['--max-executions', '3']])
    expect(run(['--replay', 'x', ...option]).stderr).toMatch(
      /^litmus: option '--replay <token>' cannot be used/,
    )
})
