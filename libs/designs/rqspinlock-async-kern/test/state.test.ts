import {
  EBADF,
  EBUSY,
  EDEADLK,
  EINVAL,
  ENOENT,
  ENOMEM,
  EPERM,
  ETIMEDOUT,
  work_exited,
} from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { rqspinlockAsyncKern } from '../src/index.ts'
import { showState, STATE_TABLE } from '../src/state.ts'
import { World } from './world.ts'

test('the state table is what happens, and nothing else', () => {
  const seen = new Set<string>()
  for (const gone of [false, true]) {
    const world = new World()
    const { tw, frame } = scheduled(world)
    let before = showState(tw.st.peek())
    const watch = (step: () => void): void => {
      step()
      const now = showState(tw.st.peek())
      if (now !== before) seen.add(`${before} ${now}`)
      before = now
    }
    while (frame.state !== 'done') watch(() => world.take(frame))
    if (gone) world.target.task_works.value = work_exited()
    const irq = world.irq('irq_work')
    while (irq.state !== 'done') watch(() => world.take(irq))
    while (!gone && world.enabled().includes(world.targetFrame.index))
      watch(() => world.take(world.targetFrame))
  }
  const table = STATE_TABLE.map(({ from, to }) => `${showState(from)} ${showState(to)}`)
  expect([...seen].sort()).toEqual([...table].sort())
})

/** A schedule that stands in front of its first step, of an object whose callback is set. */
function scheduled(world: World): { tw: ReturnType<World['tw']>; frame: ReturnType<World['call']>['frame'] } {
  world.end(world.call(() => world.init()).frame)
  world.end(world.call(() => world.set_callback()).frame)
  return { tw: world.tw(), frame: world.call(() => world.schedule()).frame }
}

test('a field is born without an object and unlocked, in the memory of its map', () => {
  const { kern, map } = new World()
  expect([kern.cb.peek(), kern.lock.val.peek()]).toEqual([null, 0])
  expect([kern.cb.owner, kern.lock.val.owner]).toEqual([map.object, map.object])
})

test('each return value has its class, and a value that no call gives is a lab bug', () => {
  const { mechanism } = new World()
  const errnos = [0, EBUSY, EINVAL, EPERM, ENOENT, ENOMEM, EDEADLK, ETIMEDOUT]
  expect(errnos.map((errno) => mechanism.outcome(-errno))).toEqual([
    'accepted',
    'busy',
    'dying',
    'dying',
    'dying',
    'no-memory',
    'lock-failed',
    'lock-failed',
  ])
  expect(() => mechanism.outcome(-EBADF)).toThrow('[lab bug]')
})

test('the design has no revision but the proposal', () => {
  expect(rqspinlockAsyncKern.revisions.map(({ id }) => id)).toEqual(['as-posted'])
  expect(() => rqspinlockAsyncKern.create('amended')).toThrow('[lab bug]')
})
