import { once } from 'node:events'
import { Results } from '@bottom-half/report'
import { expect, test } from 'vitest'
import { contents, folder, start } from './command.ts'

/** Starts a run that takes long, interrupts it when `ready` says so of what it printed, and waits for its end. */
async function interrupted(args: readonly string[], ready: (stderr: string) => boolean) {
  const child = start(args)
  let [stdout, stderr, sent] = ['', '', false]
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    if (!sent && ready(stderr)) {
      sent = true
      child.kill('SIGINT')
      // Whoever started us may pass on what the terminal has sent us too.
      child.kill('SIGTERM')
    }
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}

test('Ctrl-C writes what was finished, marked partial, and ends with 130', async () => {
  const above = folder()
  const out = `${above}/reports`
  const { code, stdout } = await interrupted(['--workers', '1', '--out', out], (text) =>
    /cells [1-9]\d*\//.test(text),
  )
  expect(code).toBe(130)
  expect(stdout).toContain('interrupted: this is what was finished')
  const files = contents(above)
  const results = Results.parse(JSON.parse(files['reports/results.json']!))
  expect(results.run.partial).toBe(true)
  expect(files['reports/index.html']).toContain('Partial run')
  expect(Object.keys(files).filter((path) => !path.startsWith('reports/'))).toEqual([])
  // What was not finished is inconclusive: nothing holds that was not seen to.
  const finished = results.cells.filter((cell) => cell.applicable && cell.exhausted)
  expect(finished.length).toBeGreaterThan(0)
  const cells = new Set(finished.map((c) => [c.design, c.workload, c.map, c.target].join()))
  const holding = results.verdicts.filter(({ verdict }) => verdict === 'holds')
  for (const v of holding) expect(cells).toContain([v.design, v.workload, v.map, v.target].join())
  const open = results.verdicts.filter(({ verdict }) => verdict === 'inconclusive')
  expect(new Set(open.map(({ reason }) => reason))).toEqual(
    new Set(['the run was interrupted before this was explored']),
  )
})
