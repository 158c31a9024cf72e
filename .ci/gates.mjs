/**
 * All gates, one table, one after the other; a failing gate does not stop the next. Closes with
 * `N passed, N failed`: every unit test counts one, every other gate counts one.
 * Usage: node .ci/gates.mjs [part of a gate's name]
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const repository = resolve(import.meta.dirname, '..')
const scratch = mkdtempSync(join(tmpdir(), 'bottom-half-gates-'))

function run(command) {
  const env = { ...process.env, CI: 'true', PATH: `${repository}/node_modules/.bin:${process.env.PATH}` }
  const options = { cwd: repository, env, shell: true, encoding: 'utf8', maxBuffer: 1 << 28 }
  const { status, stdout, stderr } = spawnSync(command, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  return { ok: status === 0, stdout, output: stdout + stderr }
}

function projectsWith(target) {
  const { ok, stdout, output } = run(`nx show projects --with-target ${target} --json`)
  if (!ok) throw new Error(`nx lists no projects: ${output}`)
  return JSON.parse(stdout).sort()
}

const scripts = (...names) => names.map((name) => ({ name, command: `npm run --silent ${name}` }))

// The cache is off: a gate that did not run has not passed.
const types = (project) => ({
  name: `types ${project}`,
  command: `nx run ${project}:types --skip-nx-cache`,
})

function tests(project) {
  const report = join(scratch, `${project}.json`)
  const reporters = `--reporter=default --reporter=json --outputFile.json=${report}`
  return { name: `test ${project}`, command: `nx run ${project}:test --skip-nx-cache ${reporters}`, report }
}

const table = [
  ...scripts('format:check', 'lint', 'boundaries', 'style', 'bite', 'spelling', 'knip'),
  ...projectsWith('types').map(types),
  ...projectsWith('test').map(tests),
  ...scripts('determinism', 'sample', 'docs'),
].filter(({ name }) => name.includes(process.argv[2] ?? ''))

/** A skipped test has shown nothing, so it counts as failed; so does a run which reports no failed test but fails. */
function countTests(report, ok) {
  if (!existsSync(report)) return { passed: 0, failed: 1 }
  const { numPassedTests, numTotalTests } = JSON.parse(readFileSync(report, 'utf8'))
  const failed = numTotalTests - numPassedTests
  return { passed: numPassedTests, failed: failed === 0 && !ok ? 1 : failed }
}

function perform({ name, command, report }) {
  process.stdout.write(`${name.padEnd(30)} `)
  const start = performance.now()
  const { ok, output } = run(command)
  const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6)
  const count = report ? countTests(report, ok) : { passed: ok ? 1 : 0, failed: ok ? 0 : 1 }
  const detail = report ? ` (${count.passed} passed, ${count.failed} failed)` : ''
  console.log(`${seconds} s  ${count.failed === 0 ? 'ok' : 'FAILED'}${detail}`)
  if (count.failed > 0) console.log(`$ ${command}\n${output.trimEnd()}\n`)
  return { name, ...count }
}

const results = table.map(perform)
rmSync(scratch, { recursive: true, force: true })

const sum = (key) => results.reduce((total, result) => total + result[key], 0)
const broken = results.filter(({ failed }) => failed > 0).map(({ name }) => name)
if (broken.length > 0) console.log(`\nfailed: ${broken.join(', ')}`)
process.exitCode = broken.length > 0 || results.length === 0 ? 1 : 0
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`)
