import { EINVAL, ENOENT, ENOMEM, EOPNOTSUPP, IRQ_WORK_HARD_IRQ } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { llistDelayedWork } from '../src/index.ts'
import { showState, STATE_TABLE } from '../src/state.ts'
import { World } from './world.ts'

test('the state table is what a submit and its run do, and nothing else', () => {
  const world = new World()
  const seen: string[] = []
  const call = world.submit(0)
  let before = world.state(0)
  const watch = (step: () => void): void => {
    step()
    const now = world.state(0)
    if (now !== before) seen.push(`${before} ${now}`)
    before = now
  }
  while (call.frame.state !== 'done') watch(() => world.take(call.frame))
  const irq = world.irq()
  while (irq.state !== 'done') watch(() => world.take(irq))
  expect(seen).toEqual(STATE_TABLE.map(({ from, to }) => `${showState(from)} ${showState(to)}`))
})

test('an item is born FREE, with nothing in it, in the memory of its map', () => {
  const world = new World()
  const { flags, cb, data, item } = world.item(0)
  expect([world.state(0), cb.peek(), data.peek(), item.next.peek()]).toEqual(['FREE', null, null, null])
  for (const cell of [flags, cb, data, item.next]) expect(cell.owner).toBe(world.map.object)
})

test('the irq_work of a program is a HARD one', () => {
  expect(new World().irqWork().work.a_flags.peek()).toBe(IRQ_WORK_HARD_IRQ)
})

test('each return value has its class, and a value that no step gives is a lab bug', () => {
  const { mechanism } = new World()
  const outcomes = [0, -EINVAL, -ENOENT, -EOPNOTSUPP].map((errno) => mechanism.outcome(errno))
  expect(outcomes).toEqual(['accepted', 'busy', 'dying', 'unsupported'])
  expect(() => mechanism.outcome(-ENOMEM)).toThrow('[lab bug]')
})

test('the design has no revision but the posted one', () => {
  expect(llistDelayedWork.revisions.map(({ id }) => id)).toEqual(['as-posted'])
  expect(() => llistDelayedWork.create('amended')).toThrow('[lab bug]')
})
