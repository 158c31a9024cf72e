import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { CLASSIC, INTERRUPTS, LitmusError, parseLitmusFile } from '../src/litmus/index.ts'

/** A program with one task. */
const task = (ops: unknown, more: object = {}): string =>
  JSON.stringify({
    name: 'P',
    init: { x: 0, a: [1, 2] },
    cpus: [{ frames: [{ level: 'task', ops }] }],
    ...more,
  })

const OP = 'cpus[0].frames[0].ops[0]'

test.each([
  [
    '{',
    `line 1: expected one JSON object on the line, found "{": Expected property name or '}' in JSON at position 1 (line 1 column 2)`,
  ],
  [
    '\u001B[2J',
    `line 1: expected one JSON object on the line, found "\uFFFD[2J": Unexpected token '\uFFFD', "\uFFFD[2J" is not valid JSON`,
  ],
  [
    task([{ op: 'assert', condition: '0', message: 'a\nb' }]),
    `line 1: ${OP}.message: expected a text without control characters, found "a\\nb"`,
  ],
  [task([], { locks: ['l', 'l'] }), 'line 1: locks: expected each lock once, found ["l","l"]'],
  [
    task([{ op: 'set', register: 'r', value: `${'('.repeat(9000)}1${')'.repeat(9000)}` }]),
    'line 1: expected less nesting',
  ],
  ['', 'line 1: expected a litmus program, found none'],
  ['[1]', 'line 1: expected an object, found [1]'],
  ['{"name":"P"}', 'line 1: init: expected an object, found nothing'],
  [task([], { init: { x: 0.5 } }), 'line 1: init.x: expected a whole number or a list, found 0.5'],
  [task([], { cpus: [] }), 'line 1: cpus: expected at least 1 of them, found []'],
  [task([], { extra: 1 }), 'line 1: expected only known keys, found "extra"'],
  [
    task([], { name: 'a b' }),
    'line 1: name: expected a letter or digit, then these or _ + - ( ) ,, found "a b"',
  ],
  [task([{ op: 'reed' }]), `line 1: ${OP}.op: expected an operation, found "reed"`],
  [task([{ op: 'read', word: 'x' }]), `line 1: ${OP}.into: expected a string, found nothing`],
  [
    task([{ op: 'read', word: 'x', into: 'r', order: 'relaxed' }]),
    `line 1: ${OP}.order: expected "once" or "acquire" or "plain", found "relaxed"`,
  ],
  [
    task([{ op: 'write', word: 'x', value: true }]),
    `line 1: ${OP}.value: expected a whole number or a string, found true`,
  ],
  [task([{ op: 'mb', word: 'x' }]), `line 1: ${OP}: expected only known keys, found "word"`],
  [
    task([{ op: 'write', word: 'y', value: 1 }]),
    `line 1: ${OP}.word: expected a word of init (there is x, a), found "y"`,
  ],
  [
    task([{ op: 'write', word: 'a', value: 1 }]),
    `line 1: ${OP}.word: expected an index, as in a[0], found none`,
  ],
  [
    task([{ op: 'write', word: 'x[0]', value: 1 }]),
    `line 1: ${OP}.word: expected no index, since x is no array`,
  ],
  [task([{ op: 'write', word: 'a[2]', value: 1 }]), `line 1: ${OP}.word: expected an index below 2, found 2`],
  [
    task([{ op: 'write', word: 'x', value: 'r0' }]),
    `line 1: ${OP}.value: expected a register that the frame sets (there is none), found "r0"`,
  ],
  [
    task([{ op: 'write', word: 'x', value: 'x + 1' }]),
    `line 1: ${OP}.value: expected registers only, found the word "x" (read it into a register first)`,
  ],
  [
    task([{ op: 'lock', lock: 'L' }]),
    `line 1: ${OP}.lock: expected a lock of locks (there is none), found "L"`,
  ],
  [
    task([{ op: 'raise', handler: 'h' }]),
    `line 1: ${OP}.handler: expected a handler of handlers (there is none), found "h"`,
  ],
  [
    task([{ op: 'live', registers: ['r'] }]),
    `line 1: ${OP}.registers[0]: expected a register that the frame sets (there is none), found "r"`,
  ],
  [
    task([{ op: 'if', condition: '1', ops: [{ op: 'mb', x: 1 }] }]),
    `line 1: ${OP}.ops[0]: expected only known keys, found "x"`,
  ],
  [
    task([], { final: { exists: 'P1:r == 0' } }),
    'line 1: final.exists: expected a frame (there is P0) before the colon, found "P1"',
  ],
  [
    task([], { final: { forall: 'P0:r == 0' } }),
    'line 1: final.forall: expected a register that P0 sets (there is none), found "r"',
  ],
  [
    task([], { handlers: { h: { level: 'task', ops: [] } } }),
    'line 1: handlers.h.level: expected "softirq" or "hardirq" or "nmi", found "task"',
  ],
  [`${task([])}\n\n${task([])}`, 'line 3: name: expected another one than in line 1, found "P"'],
  [
    JSON.stringify({
      name: 'P',
      init: {},
      cpus: [
        {
          frames: [
            { level: 'task', name: 'f', ops: [] },
            { level: 'nmi', name: 'f', ops: [] },
          ],
        },
      ],
    }),
    'line 1: cpus[0].frames[1].name: expected another name than that of a frame before, found "f"',
  ],
])('%s is refused in one sentence: %s', (text, sentence) => {
  expect(() => parseLitmusFile(text)).toThrow(new LitmusError(sentence))
})

test('blank lines are passed over, and lines are counted from 1', () => {
  expect(parseLitmusFile(`\n${task([])}\n`).map(({ line }) => line)).toEqual([2])
})

/** Every place in a value, as the keys that lead to it. */
function placesOf(value: unknown, path: readonly string[] = []): string[][] {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : []
  return [[...path], ...inner.flatMap(([key, item]) => placesOf(item, [...path, key]))]
}

function withChange(value: unknown, path: readonly string[], change: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return change
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<
    string,
    unknown
  >
  copy[key] = withChange(copy[key], rest, change)
  return copy
}

/** Why the text is refused; null if it is not. */
function refusalOf(text: string): string | null {
  try {
    parseLitmusFile(text)
    return null
  } catch (error) {
    if (error instanceof LitmusError) return error.message
    throw error
  }
}

const ACCEPTED = 'line 1: as expected '

const ALL = [...CLASSIC, ...INTERRUPTS].map(({ litmus }) => litmus)

test(`a program with any part replaced by anything is read, or refused in one sentence (seed 20261128)`, () => {
  let refused = 0
  const changed = fc
    .constantFrom(...ALL)
    .chain((litmus) => fc.tuple(fc.constant(litmus), fc.constantFrom(...placesOf(litmus)), fc.jsonValue()))
  fc.assert(
    fc.property(changed, ([litmus, path, change]) => {
      const refusal = refusalOf(JSON.stringify(withChange(litmus, path, change)))
      if (refusal !== null) refused++
      expect(refusal ?? ACCEPTED).toMatch(/^line 1: .*expected [^\n]*$/)
    }),
    { seed: 20261128, numRuns: 2000 },
  )
  expect(refused).toBeGreaterThan(1000)
})
