import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { jsonText } from '../src/json.ts'
import { REPOSITORY } from '../src/repository.ts'
import { SCHEMA_PATH, schemaText } from '../src/results_schema.ts'

test('the published schema of results.json is the one in use (else: npx nx run compare:schema)', () => {
  expect(readFileSync(join(REPOSITORY, SCHEMA_PATH), 'utf8')).toBe(schemaText())
})

test('JSON is printed with two spaces, and short lists of words on one line', () => {
  const value = { b: [], a: { words: ['x', 'y'], empty: {}, none: null }, list: [{ n: 1 }], gone: undefined }
  expect(jsonText(value)).toBe(`{
  "b": [],
  "a": {
    "words": ["x", "y"],
    "empty": {},
    "none": null
  },
  "list": [
    {
      "n": 1
    }
  ]
}
`)
  const long = { words: Array.from({ length: 30 }, (_, n) => `word${n}`) }
  expect(jsonText(long).split('\n')).toHaveLength(30 + 5)
  expect(JSON.parse(jsonText(long))).toEqual(long)
})
