import { expect, test } from 'vitest'
import type { KernelPath } from '../src/machine/index.ts'
import { llist_add, llist_del_all, llist_del_first, llist_empty } from '../src/linux/llist.ts'
import { llist_head, llist_next, llist_node, llist_reverse_order } from '../src/linux/llist.ts'
import { Level } from '../src/machine/index.ts'
import { Drive } from './drive.ts'

function* names(first: llist_node<string> | null): KernelPath<string[]> {
  const out: string[] = []
  for (let node = first; node !== null; node = yield* llist_next(node)) out.push(node.entry)
  return out
}

function setUp(): { drive: Drive; head: llist_head<string>; node: (name: string) => llist_node<string> } {
  const drive = new Drive()
  return { drive, head: new llist_head('list'), node: (name) => new llist_node(name, name, null) }
}

test('llist_add gives true iff the list was empty', () => {
  const { drive, head, node } = setUp()
  const [a, b] = [node('a'), node('b')]
  const got: boolean[] = []
  drive.task(drive.cpu(), function* () {
    got.push(yield* llist_empty(head))
    got.push(yield* llist_add(a, head))
    got.push(yield* llist_add(b, head))
    got.push(yield* llist_empty(head))
  })
  drive.run()
  expect(got).toEqual([true, true, false, false])
  expect(drive.titles()).toEqual([])
})

test('llist_del_all gives the nodes newest first, and null of an empty list', () => {
  const { drive, head, node } = setUp()
  const nodes = ['a', 'b', 'c'].map(node)
  const got: string[][] = []
  drive.task(drive.cpu(), function* () {
    for (const n of nodes) yield* llist_add(n, head)
    got.push(yield* names(yield* llist_del_all(head)))
    got.push(yield* names(yield* llist_del_all(head)))
  })
  drive.run()
  expect(got).toEqual([['c', 'b', 'a'], []])
})

test('llist_reverse_order gives the new head, and leaves the old variable at the tail', () => {
  const { drive, head, node } = setUp()
  const nodes = ['a', 'b', 'c'].map(node)
  const got: string[][] = []
  drive.task(drive.cpu(), function* () {
    for (const n of nodes) yield* llist_add(n, head)
    const first = yield* llist_del_all(head)
    got.push(yield* names(yield* llist_reverse_order(first)))
    got.push(yield* names(first))
  })
  drive.run()
  expect(got).toEqual([['a', 'b', 'c'], ['c']])
})

test('llist_del_first takes the newest node only', () => {
  const { drive, head, node } = setUp()
  const nodes = ['a', 'b'].map(node)
  const got: (string | undefined)[] = []
  drive.task(drive.cpu(), function* () {
    for (const n of nodes) yield* llist_add(n, head)
    for (let i = 0; i < 3; i++) got.push((yield* llist_del_first(head))?.entry)
  })
  drive.run()
  expect(got).toEqual(['b', 'a', undefined])
})

test('an add that is overtaken between its load and its cmpxchg tries again, and loses nothing', () => {
  const { drive, head, node } = setUp()
  const [a, b] = [node('a'), node('b')]
  const cpu = drive.cpu()
  const got: boolean[] = []
  const task = drive.task(cpu, function* () {
    got.push(yield* llist_add(a, head))
  })
  const nmi = drive.handler(cpu, Level.Nmi, function* () {
    got.push(yield* llist_add(b, head))
  })
  drive.step(task)
  drive.finish(nmi)
  drive.finish(task)
  expect(got).toEqual([true, false])
  expect(head.first.peek()).toBe(a)
  expect(a.next.peek()).toBe(b)
})

test('adding a node that is on a list is list corruption', () => {
  const { drive, head, node } = setUp()
  const a = node('a#1')
  const other = new llist_head<string>('other')
  drive.task(drive.cpu(), function* () {
    yield* llist_add(a, head)
    yield* llist_add(a, other)
  })
  drive.run()
  expect(drive.titles()).toEqual(['list-corruption: a added to a llist while it is on one'])
  expect(drive.machine.halted).toBe(true)
})

test('two CPUs that add the same node at once corrupt the list, though each found it off', () => {
  const { drive, head, node } = setUp()
  const a = node('a')
  const first = drive.task(drive.cpu(), () => llist_add(a, head))
  const second = drive.task(drive.cpu(), () => llist_add(a, head))
  for (const frame of [first, second, first, second, first]) drive.step(frame)
  drive.step(second)
  // The second cmpxchg fails, since the list is not empty any more; the retry links a queued node to itself.
  drive.step(second)
  expect(drive.machine.findings.map((f) => f.kind)).toContain('list-corruption')
})

test('a node may be added again after llist_del_all, and is lost to the walk that had not read it yet', () => {
  const { drive, head, node } = setUp()
  const nodes = ['a', 'b'].map(node)
  const got: string[][] = []
  drive.task(drive.cpu(), function* () {
    for (const n of nodes) yield* llist_add(n, head)
    const chain = yield* llist_del_all(head)
    yield* llist_add(nodes[1]!, head)
    got.push(yield* names(chain))
  })
  drive.run()
  expect(drive.titles()).toEqual([])
  expect(got).toEqual([['b']])
})
