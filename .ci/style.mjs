/**
 * House style that no linter of ours knows: small files, functions that fit a screen, no clock and no
 * unseeded chance in a library, no catch-all names, no focused or skipped test.
 * Usage: node .ci/style.mjs [root]
 */
import { globSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import ts from 'typescript'

const MAX_FILE_LINES = 300
const MAX_FUNCTION_LINES = 60
const CATCH_ALL = new Set([
  'util',
  'utils',
  'helper',
  'helpers',
  'common',
  'manager',
  'impl',
  'new',
  'simple',
])
const RANK = /^v\d+$/
const TEST_WORDS = new Set(['it', 'test', 'describe', 'suite', 'bench'])
const TEST_FLAGS = new Set(['only', 'skip', 'todo'])
const CLOCK_OR_CHANCE = new Set(['Math.random', 'Date.now', 'performance.now'])

/** Words of a file or folder name: `newWork_queue.test.ts` is new, work, queue, test, ts. */
function wordsOf(path) {
  return path
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
}

function complaintAboutName(path) {
  const bad = wordsOf(path).find((word) => CATCH_ALL.has(word) || RANK.test(word))
  return bad === undefined ? [] : [{ line: 1, text: `"${bad}" in a name says nothing: name the idea` }]
}

function linesOf(text) {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
}

function complaintAboutLength(text) {
  const lines = linesOf(text)
  return lines <= MAX_FILE_LINES ? [] : [{ line: 1, text: `${lines} lines, at most ${MAX_FILE_LINES}` }]
}

function complaintAboutFunction(node, source) {
  if (!ts.isFunctionLike(node) || node.body === undefined) return []
  const line = (position) => source.getLineAndCharacterOfPosition(position).line + 1
  const first = line(node.getStart(source))
  const lines = line(node.end) - first + 1
  if (lines <= MAX_FUNCTION_LINES) return []
  return [{ line: first, text: `a function of ${lines} lines, at most ${MAX_FUNCTION_LINES}` }]
}

/** `Math.random` also when it is only passed on, `new Date`, and the bare `Date()` that gives the time. */
function complaintAboutClock(node, source) {
  const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1
  const named = ts.isPropertyAccessExpression(node) && CLOCK_OR_CHANCE.has(node.getText(source))
  const made =
    (ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText(source) === 'Date'
  return named || made ? [{ line, text: 'clock or unseeded chance in a library' }] : []
}

function complaintAboutTestFlag(node, source) {
  if (!ts.isPropertyAccessExpression(node) || !TEST_FLAGS.has(node.name.text)) return []
  const root = node.expression.getText(source).split(/[.(]/)[0]
  const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1
  return TEST_WORDS.has(root) ? [{ line, text: `${root} .${node.name.text}: every test runs` }] : []
}

function complaintsAbout(path, text) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false)
  const inLibrary = /^libs\/(designs\/)?[^/]+\/src\//.test(path)
  const inSource = /\/src\//.test(path)
  const complaints = [...complaintAboutName(path), ...complaintAboutLength(text)]
  const visit = (node) => {
    if (inSource) complaints.push(...complaintAboutFunction(node, source))
    if (inLibrary) complaints.push(...complaintAboutClock(node, source))
    complaints.push(...complaintAboutTestFlag(node, source))
    ts.forEachChild(node, visit)
  }
  visit(source)
  return complaints
}

const root = resolve(process.argv[2] ?? '.')
const files = globSync('{libs,apps}/**/*.{ts,tsx}', {
  cwd: root,
  exclude: (path) => basename(path) === 'node_modules',
}).sort()

let count = 0
for (const path of files) {
  for (const { line, text } of complaintsAbout(path, readFileSync(join(root, path), 'utf8'))) {
    console.log(`${path}:${line}: ${text}`)
    count += 1
  }
}
if (files.length === 0) console.log('no source file found')
console.log(`${files.length} files, ${count} complaints`)
process.exitCode = count > 0 || files.length === 0 ? 1 : 0
