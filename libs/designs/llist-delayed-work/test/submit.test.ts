import { EINVAL, ENOENT, EOPNOTSUPP, type KernelPath, Level } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { FREE } from '../src/state.ts'
import { BPF_DELAYED_WORK_IRQWORK, bpf_delayed_work_submit } from '../src/submit.ts'
import { World } from './world.ts'

function* nothing(): KernelPath {}

/** Calls the helper itself, in a task; gives its value and its number of steps. */
function helper(
  world: World,
  cb: typeof nothing | null,
  flags: number,
): { err: number | null; steps: number } {
  let err: number | null = null
  const frame = world.frame(Level.Task, function* () {
    err = yield* bpf_delayed_work_submit(world.item(0), cb, world.value(0), flags, world.prog)
  })
  const steps = world.end(frame).length
  return { err, steps }
}

test('a submit takes the steps S4 to S9 in the order of the posted text', () => {
  const world = new World()
  const call = world.submit(0)
  expect(world.end(call.frame)).toEqual([
    'enter',
    'cmpxchg value.work.flags',
    'write value.work.data',
    'write value.work.cb',
    'cmpxchg value.work.flags',
    'atomic_fetch_add_unless aux->refcnt',
    'READ_ONCE items.first',
    'write value.work.item.next',
    'try_cmpxchg items.first',
    'atomic_fetch_or work.a_flags',
    'READ_ONCE CPU1 raised_list.first',
    'write work.node.next',
    'try_cmpxchg CPU1 raised_list.first',
    'arch_irq_work_raise',
  ])
  expect(call.err()).toBe(0)
  expect(world.titles()).toEqual([])
})

test('S4 claims, S6 makes it READY with data and cb stored, and only S8 puts it on the list', () => {
  const world = new World()
  const { frame } = world.submit(0)
  const { flags, data, cb, item } = world.item(0)
  world.until(frame, 'cmpxchg', flags)
  expect(world.state(0)).toBe('FREE')
  world.take(frame)
  expect(world.state(0)).toBe('CLAIMED')
  world.until(frame, 'cmpxchg', flags)
  expect([world.state(0), data.peek(), cb.peek() === null]).toEqual(['CLAIMED', world.value(0), false])
  world.take(frame)
  expect([world.state(0), world.refs()]).toEqual(['READY', 1])
  world.take(frame)
  expect([world.refs(), world.irqWork().items.first.peek()]).toEqual([2, null])
  world.until(frame, 'atomic_fetch_or')
  expect(world.irqWork().items.first.peek()).toBe(item)
})

test('S1: no callback is -EINVAL, and nothing was touched', () => {
  const world = new World()
  expect(helper(world, null, BPF_DELAYED_WORK_IRQWORK)).toEqual({ err: -EINVAL, steps: 0 })
})

test('S2: flags other than IRQWORK are -EOPNOTSUPP, but the upper half of the register is ignored', () => {
  for (const flags of [0, 2, 3])
    expect(helper(new World(), nothing, flags)).toEqual({ err: -EOPNOTSUPP, steps: 0 })
  expect(helper(new World(), nothing, 2 ** 32 + BPF_DELAYED_WORK_IRQWORK).err).toBe(0)
})

test('S3: in NMI a submit is accepted, for x86-64 has an NMI-safe cmpxchg', () => {
  const world = new World()
  const call = world.submit(0, { level: Level.Nmi })
  world.end(call.frame)
  expect(call.err()).toBe(0)
})

test('while one submit is anywhere between S4 and its end, a second one of that item gets -EINVAL and changes nothing', () => {
  const steps = new World()
  const length = steps.end(steps.submit(0).frame).length
  for (const level of [Level.Hardirq, Level.Nmi]) {
    for (let at = 2; at <= length; at++) {
      const world = new World()
      const cpu = world.cpu()
      const first = world.submit(0, { cpu })
      for (let i = 0; i < at; i++) world.take(first.frame)
      const { flags, data, cb } = world.item(0)
      const before = [flags.peek(), data.peek(), cb.peek(), world.refs()]
      // An NMI on the same CPU, or another CPU.
      const second = world.submit(0, level === Level.Nmi ? { level, cpu } : { level })
      expect(world.end(second.frame)).toEqual(['enter', 'cmpxchg value.work.flags'])
      expect(second.err()).toBe(-EINVAL)
      expect([flags.peek(), data.peek(), cb.peek(), world.refs()]).toEqual(before)
      world.run()
      expect(first.err()).toBe(0)
      expect([world.runs.length, world.state(0), world.refs(), world.titles()]).toEqual([1, 'FREE', 1, []])
    }
  }
})

test('in front of S4 an NMI may take the item, and the interrupted submit gets -EINVAL', () => {
  const world = new World()
  const cpu = world.cpu()
  const first = world.submit(0, { cpu })
  world.take(first.frame)
  const second = world.submit(0, { cpu, level: Level.Nmi })
  world.end(second.frame)
  world.run()
  expect([first.err(), second.err(), world.runs.length]).toEqual([-EINVAL, 0, 1])
})

test('S6: an item that is not CLAIMED any more is a WARN and -EINVAL, and is left as it is', () => {
  const world = new World()
  const call = world.submit(0)
  const { flags } = world.item(0)
  world.until(call.frame, 'write')
  // Nothing in the design does this: the field is overwritten from outside.
  flags.value = FREE
  world.end(call.frame)
  expect(call.err()).toBe(-EINVAL)
  expect(world.state(0)).toBe('FREE')
  expect(world.titles()).toEqual(['warn: WARN_ONCE: item not CLAIMED in bpf_delayed_work_submit()'])
})

test('S7: a program whose last reference is gone gets -ENOENT, and the item stays READY for ever, for everybody', () => {
  const world = new World()
  world.prog.aux.refcnt.value = 0
  const call = world.submit(0)
  world.end(call.frame)
  expect(call.err()).toBe(-ENOENT)
  expect([world.state(0), world.item(0).data.peek(), world.irqWork().items.first.peek()]).toEqual([
    'READY',
    world.value(0),
    null,
  ])
  const later = world.submit(0, { prog: world.load('other') })
  world.run()
  expect([later.err(), world.state(0), world.runs.length]).toEqual([-EINVAL, 'READY', 0])
  expect(world.titles()).toEqual([])
})

test('S9: with the irq_work pending no second interrupt is raised, and that is no error', () => {
  const world = new World()
  const cpu = world.cpu()
  world.end(world.submit(0, { cpu }).frame)
  const frames = world.machine.frames.length
  const other = world.submit(1)
  expect(world.end(other.frame).at(-1)).toBe('atomic_fetch_or work.a_flags')
  expect(other.err()).toBe(0)
  expect(world.machine.frames.length).toBe(frames + 1)
})

test('an item belongs to no program: two programs share its claim, each with its own list', () => {
  const world = new World()
  const other = world.load('other')
  const first = world.submit(0)
  const second = world.submit(0, { prog: other })
  world.end(first.frame)
  world.end(second.frame)
  expect([first.err(), second.err(), world.refs(), world.refs(other)]).toEqual([0, -EINVAL, 2, 1])
  world.run()
  expect([world.runs.length, world.state(0), world.refs()]).toEqual([1, 'FREE', 1])
})
