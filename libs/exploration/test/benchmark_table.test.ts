import { expect, test } from 'vitest'
import { type Column, table, whole } from '../bench/table.ts'

interface Line {
  name: string
  n: number
}

const columns: Column<Line>[] = [
  { head: 'program', left: true, cell: ({ name }) => name },
  { head: 'n', cell: ({ n }) => whole(n) },
]

test('a table of the benchmark is laid out as prettier lays it out', () => {
  const rows = [
    { name: 'counter(4,3)', n: 369_600 },
    { name: 'x', n: 1 },
  ]
  expect(table(columns, rows).split('\n')).toEqual([
    '| program      |       n |',
    '| ------------ | ------: |',
    '| counter(4,3) | 369,600 |',
    '| x            |       1 |',
  ])
})

test('no rows make no table', () => {
  expect(table(columns, [])).toBe('')
})
