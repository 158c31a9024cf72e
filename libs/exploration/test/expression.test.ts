import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseExpression, type Expression } from '../src/litmus/expression.ts'

const read = (text: string): Expression<readonly number[]> => {
  const expression = parseExpression<readonly number[]>(text, (name, index) => {
    if (name === 'a') return (all) => all[index!(all)]!
    return name === 'r0' ? (all) => all[0]! : `r0, found "${name}"`
  })
  if (typeof expression === 'string') throw new Error(expression)
  return expression
}

test.each([
  ['1 + 2 * 3', 7],
  ['(1 + 2) * 3', 9],
  ['7 - 2 - 1', 4],
  ['-7 / 2', -3],
  ['-7 % 3', -1],
  ['1 < 2 == 1', 1],
  ['1 || 0 && 0', 1],
  ['!0 + 1', 2],
  ['2 >= 3 || 3 != 3', 0],
  ['r0 != 0 || 1 / (r0 - r0)', 1],
  ['r0 == 0 && 1 / (r0 - r0)', 0],
  ['r0 * r0', 25],
  ['a[r0 - 4] + a[0]', 12],
])('%s is %i, as in C', (text, value) => {
  expect(read(text)([5, 7])).toBe(value)
})

test.each([
  ['1 +', 'a number, a name or "(" at position 3, found the end'],
  ['r0 = 1', 'an expression, found "=" at position 3 (equality is ==)'],
  ['(1', '")" at position 2, found the end'],
  ['1 2', 'an operator or the end at position 2, found "2"'],
  ['r1', 'r0, found "r1"'],
  ['a[1', '"]" at position 3, found the end'],
  ['99999999999999999999', 'a number below 2^53, found 99999999999999999999'],
  ['#', 'an expression, found "#" at position 0'],
])('%s is refused: %s', (text, why) => {
  expect(() => read(text)).toThrow(why)
})

test('a division by zero is a crash, and no number', () => {
  expect(() => read('1 / (r0 - 5)')([5])).toThrow('division by zero')
  expect(() => read('1 % 0')([])).toThrow('division by zero')
})

/** An expression of JavaScript that means the same there: no division, operands in parentheses. */
const texts = fc.letrec<{ all: string }>((tie) => ({
  all: fc.oneof(
    { depthSize: 'small' },
    fc.nat(20).map(String),
    fc.constant('r0'),
    fc
      .tuple(tie('all'), fc.constantFrom('+', '-', '*', '==', '!=', '<', '<=', '>', '>='), tie('all'))
      .map(([a, operator, b]) => `(${a}) ${operator} (${b})`),
  ),
})).all

test('expressions mean what they mean in JavaScript (seed 20261128)', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: -9, max: 9 }), (text, r0) => {
      // oxlint-disable-next-line typescript/no-implied-eval -- the independent evaluator
      const wanted = Number(new Function('r0', `return ${text}`)(r0))
      expect(read(text)([r0])).toBe(wanted + 0)
    }),
    { seed: 20261128 },
  )
})
