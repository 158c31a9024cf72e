/** Steps that touch something else in each of the ways in which they can turn out. */
import { access, type Cell, type KernelPath, type Machine, Order } from '@bottom-half/kernel-model'

/** One way: what it does to two words; gives what was seen. */
type Way = (m: Machine, x: Cell<number>, y: Cell<number>) => number

const reads: Way = (m, x) => m.load(x, Order.Once)

const writesFirst: Way = (m, x) => {
  m.store(x, 10, Order.Once)
  return 101
}

const writesSecond: Way = (m, _x, y) => {
  m.store(y, 7, Order.Once)
  return 102
}

const writesBoth: Way = (m, x, y) => writesFirst(m, x, y) + writesSecond(m, x, y)

const WAYS: Readonly<Record<'either' | 'among' | 'sides', readonly Way[]>> = {
  either: [reads, writesSecond],
  among: [() => 100, reads, writesSecond],
  sides: [writesFirst, writesSecond, writesBoth],
}

export function chooseInStep(op: keyof typeof WAYS, x: Cell<number>, y: Cell<number>): KernelPath<number> {
  const ways = WAYS[op]
  return access(op, null, (m, outcome) => ways[outcome]!(m, x, y), { outcomes: ways.length })
}
