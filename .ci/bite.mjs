/**
 * Do the boundary gate and the style gate still bite? Builds a small tree of the same shape in a temporary
 * folder, with imports that the architecture allows and imports that it forbids, and expects each gate to
 * complain about exactly the forbidden ones. The expectations are written out here on purpose: taken
 * from the gate's own table they would agree with any mistake in it.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const repository = resolve(import.meta.dirname, '..')

const PROJECTS = [
  'libs/kernel-model',
  'libs/exploration',
  'libs/simulation',
  'libs/deferred-work',
  'libs/designs/llist-delayed-work',
  'libs/designs/cmpxchg-task-work',
  'libs/designs/rqspinlock-async-kern',
  'libs/workloads',
  'libs/conformance',
  'libs/report',
  'apps/compare',
]

const nameOf = (project) => project.split('/').at(-1)
const packageOf = (project) => `@bottom-half/${nameOf(project)}`

/** `from` may import each of these and nothing else of the lab. */
const ALLOWED = {
  'kernel-model': '',
  exploration: 'kernel-model',
  simulation: 'kernel-model',
  'deferred-work': 'kernel-model',
  'llist-delayed-work': 'kernel-model deferred-work',
  'cmpxchg-task-work': 'kernel-model deferred-work',
  'rqspinlock-async-kern': 'kernel-model deferred-work',
  workloads: 'kernel-model deferred-work',
  conformance: 'kernel-model exploration simulation deferred-work workloads',
  report: '',
  compare:
    'kernel-model exploration simulation deferred-work llist-delayed-work cmpxchg-task-work rqspinlock-async-kern workloads conformance report',
}

/** One file per pair of projects, so that the gate must tell each of them apart. */
function pairFixtures() {
  const fixtures = []
  for (const from of PROJECTS) {
    const allowed = ALLOWED[nameOf(from)].split(' ')
    for (const to of PROJECTS.filter((project) => project !== from)) {
      const path = `${from}/src/imports-${nameOf(to)}.ts`
      const text = `import { answer } from '${packageOf(to)}'\nexport const it = answer\n`
      fixtures.push({ path, text, forbidden: !allowed.includes(nameOf(to)) })
    }
  }
  return fixtures
}

/** The ways round a naive gate: types only, dynamic, re-exported, relative, from a test, leading nowhere. */
const WAYS_ROUND = [
  [
    'libs/workloads/src/type-only.ts',
    `import type { Answer } from '@bottom-half/llist-delayed-work'\nexport type A = Answer\n`,
  ],
  ['libs/workloads/src/dynamic.ts', `export const later = () => import('@bottom-half/cmpxchg-task-work')\n`],
  ['libs/workloads/src/re-export.ts', `export * from '@bottom-half/rqspinlock-async-kern'\n`],
  [
    'libs/designs/llist-delayed-work/src/relative.ts',
    `export { answer } from '../../cmpxchg-task-work/src/index.ts'\n`,
  ],
  ['libs/designs/llist-delayed-work/test/a.test.ts', `import '@bottom-half/cmpxchg-task-work'\n`],
  ['libs/report/bench/index.ts', `import '@bottom-half/kernel-model'\n`],
  ['libs/kernel-model/src/nowhere.ts', `import '@bottom-half/no-such-project'\n`],
  ['libs/kernel-model/src/circle-a.ts', `import { b } from './circle-b.ts'\nexport const a = () => b()\n`],
  ['libs/kernel-model/src/circle-b.ts', `import { a } from './circle-a.ts'\nexport const b = () => a()\n`],
  ['libs/unlisted/src/index.ts', `import '@bottom-half/kernel-model'\n`],
].map(([path, text]) => ({ path, text, forbidden: true }))

const FINE = [
  ['libs/kernel-model/src/knot-a.ts', `import type { B } from './knot-b.ts'\nexport type A = B | 1\n`],
  ['libs/kernel-model/src/knot-b.ts', `import type { A } from './knot-a.ts'\nexport type B = A[]\n`],
  ['libs/kernel-model/test/own.test.ts', `import '../src/index.ts'\nimport '@bottom-half/kernel-model'\n`],
].map(([path, text]) => ({ path, text, forbidden: false }))

const body = (lines) => '  void 0\n'.repeat(lines)
const STYLE = [
  ['libs/kernel-model/src/long.ts', '// x\n'.repeat(301), true],
  ['libs/kernel-model/src/long-enough.ts', '// x\n'.repeat(300), false],
  ['libs/kernel-model/src/tall.ts', `export function* f() {\n${body(59)}}\n`, true],
  ['libs/kernel-model/src/tall-enough.ts', `export function* f() {\n${body(58)}}\n`, false],
  ['libs/kernel-model/src/chance.ts', `export const roll = Math.random\n`, true],
  ['libs/designs/llist-delayed-work/src/time.ts', `export const now = () => Date.now()\n`, true],
  ['libs/designs/llist-delayed-work/src/moment.ts', `export const at = new Date()\n`, true],
  ['libs/report/src/stopwatch.ts', `export const t = () => performance.now()\n`, true],
  ['apps/compare/src/stopwatch.ts', `export const t = () => performance.now()\n`, false],
  ['libs/report/src/words.ts', `export const words = 'Math.random and new Date() in a sentence'\n`, false],
  ['libs/report/src/stringUtils.ts', `export {}\n`, true],
  ['libs/report/src/report-v2.ts', `export {}\n`, true],
  ['libs/report/src/newline.ts', `export {}\n`, false],
  ['libs/report/test/focus.test.ts', `it.only('x', () => {})\n`, true],
  ['libs/report/test/skip.test.ts', `describe.skip('x', () => {})\n`, true],
  ['libs/report/test/later.test.ts', `test.concurrent.todo('x')\n`, true],
].map(([path, text, forbidden]) => ({ path, text, forbidden }))

function write(root, path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

function plant(fixtures) {
  const root = mkdtempSync(join(tmpdir(), 'bottom-half-bite-'))
  write(root, 'package.json', '{ "type": "module" }\n')
  mkdirSync(join(root, 'node_modules/@bottom-half'), { recursive: true })
  for (const project of PROJECTS) {
    const description = { name: packageOf(project), type: 'module', exports: './src/index.ts' }
    write(root, `${project}/package.json`, JSON.stringify(description))
    write(root, `${project}/src/index.ts`, 'export const answer = 42\nexport type Answer = 42\n')
    symlinkSync(join(root, project), join(root, 'node_modules', packageOf(project)))
  }
  for (const { path, text } of fixtures) write(root, path, text)
  return root
}

function boundaryComplaints(root) {
  const config = '.dependency-cruiser.cjs'
  cpSync(join(repository, config), join(root, config))
  const depcruise = join(repository, 'node_modules/.bin/depcruise')
  const args = [depcruise, '--config', config, '--output-type', 'json', 'libs', 'apps']
  const run = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 })
  if (run.stdout === '') throw new Error(`dependency-cruiser printed nothing: ${run.stderr}`)
  const { violations } = JSON.parse(run.stdout).summary
  const paths = violations.flatMap(({ from, cycle = [] }) => [from, ...cycle.map(({ name }) => name)])
  return { paths, failed: exitCodeOfGate(root, config, depcruise) !== 0 }
}

/** The JSON reporter always exits with 0; the gate uses the default one. */
function exitCodeOfGate(root, config, depcruise) {
  return spawnSync(process.execPath, [depcruise, '--config', config, 'libs', 'apps'], { cwd: root }).status
}

function styleComplaints(root) {
  const style = join(repository, '.ci/style.mjs')
  const run = spawnSync(process.execPath, [style, root], { encoding: 'utf8' })
  const paths = run.stdout.split('\n').flatMap((line) => /^(\S+):\d+: /.exec(line)?.[1] ?? [])
  return { paths, failed: run.status !== 0 }
}

function check(gate, fixtures, complaintsIn) {
  const root = plant(fixtures)
  try {
    const { paths, failed } = complaintsIn(root)
    const found = new Set(paths)
    const expected = new Set(fixtures.filter(({ forbidden }) => forbidden).map(({ path }) => path))
    const wrong = [
      ...[...expected.difference(found)].map((path) => `${gate} let pass: ${path}`),
      ...[...found.difference(expected)].map((path) => `${gate} refused: ${path}`),
      ...(failed ? [] : [`${gate} exited with 0`]),
    ]
    console.log(`${gate}: ${fixtures.length} fixtures, ${expected.size} forbidden, ${wrong.length} misjudged`)
    return wrong
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

const wrong = [
  ...check('boundaries', [...pairFixtures(), ...WAYS_ROUND, ...FINE], boundaryComplaints),
  ...check('style', STYLE, styleComplaints),
]
for (const line of wrong) console.log(line)
process.exitCode = wrong.length > 0 ? 1 : 0
