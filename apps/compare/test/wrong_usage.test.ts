import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeToken } from '@bottom-half/exploration'
import { expect, test } from 'vitest'
import { DESIGNS } from '../src/designs.ts'
import { MODEL_VERSION, OPTIONS } from '../src/version.ts'
import { compare, contents, folder } from './command.ts'

const designs = DESIGNS.map(({ id }) => id)
const [rival] = designs
const program = `${rival}:as-posted:one-submit:hash:current:leak`
const token = (name: string, version = MODEL_VERSION, options: string = OPTIONS[0]): string =>
  encodeToken({ program: name, choices: [], options, version, run: '000' })

test.each<[what: string, args: string[], expected: string[]]>([
  ['an unknown design', ['--designs', 'rcu-magic'], ['--designs', '"rcu-magic"', ...designs]],
  ['one unknown design of two', ['--designs', `${rival},rcu-magic`], ['"rcu-magic"', ...designs]],
  ['no design', ['--designs', ''], ['""', ...designs]],
  [
    'an unknown workload',
    ['--workloads=submit'],
    ['"submit"', 'one-submit', 'submit-vs-delete', 'resubmit-from-callback'],
  ],
  ['an unknown map type', ['--map', 'stack'], ['"stack"', 'array, hash or lru_hash']],
  [
    'a map type that no workload takes',
    ['--map', 'lru_hash', '--workloads', 'nmi-delete-under-pi-lock'],
    ['array, hash'],
  ],
  ['a budget of nothing', ['--budget', '0'], ['--budget', 'from 1 to', '"0"']],
  ['a budget that is no number', ['--budget', '1e3'], ['a whole number', '"1e3"']],
  ['a negative seed', ['--seed=-1'], ['--seed', 'from 0 to', '"-1"']],
  ['an unknown memory model', ['--memory', 'arm'], ['--memory', '"arm"', 'sc or tso']],
  ['no workers', ['--workers', '0'], ['--workers', 'from 1 to 256']],
  ['half a worker', ['--workers', '0.5'], ['a whole number', '"0.5"']],
  ['no name of a checkpoint', ['--checkpoint', ''], ['--checkpoint', 'name of a file']],
  ['a resumption of nothing', ['--resume'], ['--resume', 'expected --checkpoint <file> with it']],
  [
    'a checkpoint that is not there',
    ['--checkpoint', '/nowhere/kept', '--resume'],
    ['--resume', '/nowhere/kept', 'ENOENT'],
  ],
  [
    'a checkpoint that cannot be written',
    ['--checkpoint', '/nowhere/kept'],
    ['--checkpoint', '/nowhere/kept', 'ENOENT'],
  ],
  ['an unknown option', ['--colour'], ['--colour', '--help']],
  ['an option without its value', ['--budget'], ['--budget', '--help']],
  ['an argument too many', ['everything'], ['--help']],
  ['an empty folder name', ['--out', ''], ['--out', 'folder']],
  ['a malformed token', ['--replay', 'please'], ['five parts']],
  [
    'a token of another version',
    ['--replay', token(program, '0')],
    ['version 0', `version ${MODEL_VERSION}`],
  ],
  [
    'a token of another option',
    ['--replay', token(program, MODEL_VERSION, 'alpha')],
    ['the option alpha', OPTIONS.join(', ')],
  ],
  [
    'a token of a program that changed',
    ['--replay', token(program)],
    ['the program changed since it was made'],
  ],
  [
    'a token of an unknown kind of finding',
    ['--replay', token(program.replace('leak', 'bug'))],
    ['gone or renamed', 'no kind of finding "bug"', 'leak'],
  ],
  ['a token with a typing error', ['--replay', token(program).replace('one', 'two')], ['checksum']],
  [
    'a token of an unknown design',
    ['--replay', token('a:as-posted:one-submit:hash:current:leak')],
    ['"a"', ...designs],
  ],
  [
    'a token of an unknown revision',
    ['--replay', token(program.replace('as-posted', 'v9'))],
    ['"v9"', 'as-posted'],
  ],
  [
    'a token of an unknown workload',
    ['--replay', token(program.replace('one-', 'a-'))],
    ['"a-submit"', 'one-submit'],
  ],
  [
    'a token of an unknown map',
    ['--replay', token(program.replace('hash', 'queue'))],
    ['"queue"', 'array, hash or lru_hash'],
  ],
  [
    'a token of an unknown target',
    ['--replay', token(program.replace('current', 'me'))],
    ['"me"', 'current or other-cpu'],
  ],
  [
    'a token without a finding',
    ['--replay', token(program.replace(':leak', '').replace(':current', ''))],
    ['design:workload:map:target:finding'],
  ],
])('%s is refused in one sentence that says what was expected', (_, args, expected) => {
  const out = folder()
  writeFileSync(join(out, 'results.json'), 'kept')
  const before = contents(out)
  const ended = compare(args.includes('--out') ? args : ['--out', out, ...args])
  expect(ended).toMatchObject({ code: 2, stdout: '' })
  expect(ended.stderr).toMatch(/^compare: [^\n]+\n$/)
  for (const part of expected) expect(ended.stderr).toContain(part)
  expect(contents(out)).toEqual(before)
})

test('a folder that cannot be written to is refused before anything is explored', () => {
  const out = folder()
  writeFileSync(join(out, 'file'), 'kept')
  const cases = [
    [join(out, 'file'), 'is a file'],
    [join(out, 'file', 'below'), 'cannot be'],
    ['/proc/bottom-half', 'cannot be'],
  ] as const
  for (const [path, why] of cases) {
    const ended = compare(['--out', path])
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toMatch(/^compare: --out: expected a folder[^\n]+\n$/)
    expect(ended.stderr).toContain(`${path} ${why}`)
  }
  expect(contents(out)).toEqual({ file: 'kept' })
})

test('in a folder that holds something else, what is there stays', () => {
  const out = folder()
  mkdirSync(join(out, 'findings', 'mine'), { recursive: true })
  writeFileSync(join(out, 'findings', 'mine', 'a.html'), 'kept')
  writeFileSync(join(out, 'notes.md'), 'kept')
  const ended = compare(['--out', out, '--workloads', 'one-submit', '--map', 'hash'])
  expect(ended.code).toBe(0)
  expect(contents(out)).toMatchObject({ 'notes.md': 'kept', [join('findings', 'mine', 'a.html')]: 'kept' })
})
