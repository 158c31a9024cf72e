import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeToken, encodeToken } from '../src/index.ts'

const program = fc.stringMatching(/^[a-z0-9:-]{1,40}$/)
const deviations = fc
  .array(fc.record({ step: fc.nat(2000), index: fc.nat(40) }), { maxLength: 12 })
  .map((list) => [...new Map(list.map((d) => [d.step, d])).values()].sort((a, b) => a.step - b.step))

test('a token decodes to what was encoded', () => {
  fc.assert(
    fc.property(program, deviations, (name, list) => {
      expect(decodeToken(encodeToken({ program: name, deviations: list }, '1'), '1')).toEqual({
        program: name,
        deviations: list,
      })
    }),
  )
})

test('a token with one character changed is refused', () => {
  fc.assert(
    fc.property(program, deviations, fc.nat(), (name, list, at) => {
      const token = encodeToken({ program: name, deviations: list }, '1')
      const i = at % token.length
      const other = token[i] === 'x' ? 'y' : 'x'
      expect(typeof decodeToken(token.slice(0, i) + other + token.slice(i + 1), '1')).toBe('string')
    }),
  )
})

test('a token of another version is refused with both versions', () => {
  const token = encodeToken({ program: 'p', deviations: [] }, '1')
  expect(decodeToken(token, '2')).toBe('the token was made by model version 1, this is model version 2')
})
