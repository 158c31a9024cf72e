import { bpf_map_delete_elem, bpf_map_update_elem, EINVAL, Level, READ_ONCE } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { World } from './world.ts'

test('freeing the fields of a value calls nothing', () => {
  expect(new World().mechanism.record.obj_free_field).toBeNull()
})

test('a callback runs on a value that was deleted meanwhile, and on the next key if the slot has one', () => {
  for (const [then, found] of [
    [null, null],
    ['e', 'e'],
  ] as const) {
    const world = new World('hash')
    world.end(world.submit(0).frame)
    const keys: unknown[] = []
    world.body = function* (value) {
      keys.push(yield* READ_ONCE(value.key))
    }
    const reuse = world.frame(Level.Task, function* () {
      yield* bpf_map_delete_elem(world.map, 'a')
      if (then !== null) yield* bpf_map_update_elem(world.map, then, 1)
    })
    world.finish(reuse.index)
    world.run()
    expect(keys).toEqual([found])
  }
})

test('a slot that is given to another key keeps its item in its state: the next owner finds it in use', () => {
  const world = new World('hash')
  const cpu = world.cpu()
  world.batch([0, 1], cpu)
  world.run()
  expect(world.state(0)).toBe('READY')
  const reuse = world.frame(Level.Task, function* () {
    yield* bpf_map_delete_elem(world.map, 'a')
    yield* bpf_map_update_elem(world.map, 'e', 1)
  })
  world.finish(reuse.index)
  expect([world.value(0).key.peek(), world.state(0)]).toEqual(['e', 'READY'])
  const call = world.submit(0)
  world.end(call.frame)
  expect(call.err()).toBe(-EINVAL)
})
