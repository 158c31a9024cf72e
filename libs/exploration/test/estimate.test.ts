import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { describe, expect, test } from 'vitest'
import { DescentEstimate, TreeEstimate as Estimate, type Total } from '../src/index.ts'

/** The branches of the node at the end of a path; 0 at a leaf. */
type Tree = (path: readonly number[]) => number

const balanced: Tree = (path) => (path.length < 5 ? 4 : 0)
/** One long branch, and a leaf beside each of its nodes. */
const comb: Tree = (path) => (path.at(-1) === 1 || path.length === 20 ? 0 : 2)
/** What is below a first branch is a sixth of what is below a last one. */
const skewed: Tree = (path) => (path.reduce((sum, i) => sum + 3 - i, 0) < 11 ? 3 : 0)
/** The interleavings of three threads with three steps each. */
const counter: Tree = (path) => {
  const left = [3, 3, 3]
  for (const i of path) left[left.flatMap((n, t) => (n > 0 ? [t] : []))[i]!]!--
  return left.filter((n) => n > 0).length
}

/** Searches depth first; calls at each leaf. Returns the number of leaves. */
function search(tree: Tree, onLeaf: (branching: number[], index: number[]) => void): number {
  let leaves = 0
  const visit = (branching: number[], path: number[]): void => {
    const branches = tree(path)
    if (branches === 0) {
      leaves++
      onLeaf(branching, path)
      return
    }
    for (let i = 0; i < branches; i++) visit([...branching, branches], [...path, i])
  }
  visit([], [])
  return leaves
}

function totals(tree: Tree): { leaves: number; after: Total[] } {
  const estimate = new Estimate()
  const after: Total[] = []
  const leaves = search(tree, (branching, index) => {
    estimate.leaf(branching, index)
    after.push(estimate.total())
  })
  return { leaves, after }
}

const trees: [string, Tree][] = [
  ['balanced', balanced],
  ['comb', comb],
  ['skewed', skewed],
  ['counter(3,3)', counter],
]

describe.each(trees)('in a depth-first search of a %s tree', (_, tree) => {
  const { leaves, after } = totals(tree)

  test('the part that is done only grows, up to the whole at the last leaf and not before', () => {
    const parts = after.map(({ fractionDone }) => fractionDone)
    expect(parts.slice(1).filter((part, i) => part <= parts[i]!)).toEqual([])
    expect(after.at(-1)).toEqual({ mean: leaves, low: leaves, high: leaves, fractionDone: 1 })
    expect(after.slice(0, -1).filter(({ fractionDone }) => fractionDone === 1)).toEqual([])
  })
  test('the bars are around the mean, and never below what was counted already', () => {
    const wrong = after.filter(({ mean, low, high }, i) => low > mean || mean > high || low < i + 1)
    expect(wrong).toEqual([])
  })
})

test('a balanced tree is known from its first leaf on', () => {
  const { leaves, after } = totals(balanced)
  expect(leaves).toBe(1024)
  for (const { mean } of after) expect(mean).toBeCloseTo(1024, 6)
})

test('of counter(3,3) with its 1680 interleavings, the estimate is within a third from a tenth of the search on', () => {
  const { leaves, after } = totals(counter)
  expect(leaves).toBe(1680)
  const means = after.slice(leaves / 10).map(({ mean }) => mean)
  expect(Math.min(...means)).toBeGreaterThan(1680 * 0.66)
  expect(Math.max(...means)).toBeLessThan(1680 * 1.34)
})

test('of counter(3,3), the bars hold the true number for nine tenths of the search', () => {
  const { leaves, after } = totals(counter)
  const holds = after.filter(({ low, high }) => low <= leaves && leaves <= high)
  expect(holds.length).toBeGreaterThan(leaves * 0.89)
})

test('a node that turns out to have more branches makes what is done less', () => {
  const estimate = new Estimate()
  estimate.leaf([1, 1], [0, 0])
  expect(estimate.total().fractionDone).toBe(1)
  estimate.leaf([1, 4], [0, 1])
  expect(estimate.total()).toMatchObject({ mean: 4, fractionDone: 0.5 })
})

test('before the first leaf nothing is claimed', () => {
  const nothing = { mean: Number.NaN, low: 0, high: Infinity, fractionDone: 0 }
  expect(new Estimate().total()).toEqual(nothing)
  expect(new DescentEstimate().total()).toEqual(nothing)
})

test.each(trees.filter(([name]) => name !== 'comb'))(
  '5,000 random descents (seed 6) into a %s tree have its leaves within their bars',
  (_, tree) => {
    const chance = xoroshiro128plus(6)
    const leaves = search(tree, () => {})
    const estimate = new DescentEstimate()
    for (let n = 0; n < 5000; n++) {
      const branching: number[] = []
      const path: number[] = []
      for (let branches = tree(path); branches > 0; branches = tree(path)) {
        branching.push(branches)
        path.push(uniformInt(chance, 0, branches - 1))
      }
      estimate.leaf(branching)
    }
    const { mean, low, high } = estimate.total()
    expect(low).toBeLessThanOrEqual(leaves + 1e-9)
    expect(high).toBeGreaterThanOrEqual(leaves - 1e-9)
    expect(Math.abs(mean / leaves - 1)).toBeLessThan(0.1)
  },
)
