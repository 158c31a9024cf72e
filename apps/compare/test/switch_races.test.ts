import type { TraceStep } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { switchRaces } from '../src/switch_races.ts'

/** `0r3`: frame 0 reads word 3; `1w3`: frame 1 writes it. */
function log(text: string): TraceStep[] {
  return text.split(' ').map((step) => ({
    frame: Number(step[0]),
    word: Number(step[2]),
    writes: step[1] === 'w',
    op: 'access',
    cell: 'x',
    before: null,
    after: null,
    note: null,
    stack: null,
  }))
}

test('the race of a preemption is what both sides touch and one writes, next to the preemption', () => {
  expect([...switchRaces(log('0r1 0r2 0r1 1w1 1w3 0r3 0w3'), [3])].toSorted((a, b) => a - b)).toEqual([
    2, 3, 4, 5,
  ])
})

test('two reads of one word are no race', () => {
  expect([...switchRaces(log('0r1 1r1 0r1'), [1])]).toEqual([])
})

test('a frame that never goes on races only with what it did before', () => {
  expect([...switchRaces(log('0w1 1r1 2w1'), [1])].toSorted((a, b) => a - b)).toEqual([0, 1, 2])
})
