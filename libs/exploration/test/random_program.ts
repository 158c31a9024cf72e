/** Random small programs: tasks, handlers of all levels, masks, locks, waits, self-IPIs, tasks that share a CPU, crashes. */
import {
  access,
  atomic_fetch_add,
  Cell,
  cmpxchg,
  type Cpu,
  Level,
  local_irq_restore,
  local_irq_save,
  machine,
  Machine,
  MemoryObject,
  Oops,
  Order,
  preempt_disable,
  preempt_enable,
  READ_ONCE,
  running,
  WRITE_ONCE,
  type Frame,
  type KernelPath,
} from '@bottom-half/kernel-model'
import type { Program } from '../src/index.ts'

export type Op =
  | { op: 'read' | 'write' | 'add' | 'cas' | 'copy' | 'guarded'; x: number; y: number }
  | { op: 'lock' | 'unlock' | 'timedLock' | 'timedUnlock' | 'await' | 'free' | 'use'; x: number }
  | { op: 'irqsOff' | 'irqsOn' | 'preemptOff' | 'preemptOn' | 'choose' }
  | { op: 'raise'; body: Op[] }

export interface FrameSketch {
  cpu: number
  level: Level
  body: Op[]
}

export interface Sketch {
  cpus: number
  words: number
  frames: FrameSketch[]
}

class Lock {
  readonly held: Cell<boolean>
  holder: Frame | null = null
  constructor(name: string) {
    this.held = new Cell(name, false)
  }
}

interface World {
  /** How many timed locks may give up although the holder could go on. */
  patience: Cell<number>
  words: Cell<number>[]
  locks: Lock[]
  objects: { object: MemoryObject; word: Cell<number> }[]
}

function* takeLock(lock: Lock): KernelPath {
  yield* access(
    'lock',
    lock.held,
    (m) => {
      m.load(lock.held, Order.Once)
      m.store(lock.held, true, Order.Full, true)
      lock.holder = running()
    },
    { ready: () => !lock.held.peek(), awaits: [lock.held], holder: () => lock.holder },
  )
}

/** A lock that may give up: once early, and whenever nothing else can move. */
function* timedLock(lock: Lock, patience: Cell<number>): KernelPath<boolean> {
  return yield* access(
    'timed lock',
    lock.held,
    (m) => {
      if (!m.load(lock.held, Order.Once)) {
        m.store(lock.held, true, Order.Full, true)
        lock.holder = running()
        return true
      }
      const left = m.load(patience, Order.Once)
      if (left > 0) m.store(patience, left - 1, Order.Once)
      return false
    },
    {
      ready: () => !lock.held.peek() || patience.peek() > 0,
      awaits: [lock.held, patience],
      lastResort: true,
      holder: () => lock.holder,
    },
  )
}

interface Locals {
  value: number
  flags: boolean[]
  got: boolean
}

function* perform(op: Op, world: World, locals: Locals): KernelPath {
  switch (op.op) {
    case 'read':
      locals.value = locals.value * 3 + (yield* READ_ONCE(world.words[op.x]!))
      return
    case 'write':
      yield* WRITE_ONCE(world.words[op.x]!, op.y + 1)
      return
    case 'add':
      locals.value = locals.value * 3 + (yield* atomic_fetch_add(1, world.words[op.x]!))
      return
    case 'cas':
      locals.value = locals.value * 3 + (yield* cmpxchg(world.words[op.x]!, 0, op.y + 1))
      return
    case 'copy':
      yield* WRITE_ONCE(world.words[op.y]!, yield* READ_ONCE(world.words[op.x]!))
      return
    case 'guarded':
      if ((yield* READ_ONCE(world.words[op.x]!)) !== 0) yield* WRITE_ONCE(world.words[op.y]!, 5)
      return
    case 'lock':
      yield* takeLock(world.locks[op.x]!)
      return
    case 'unlock':
      yield* WRITE_ONCE(world.locks[op.x]!.held, false)
      return
    case 'timedLock':
      locals.got = yield* timedLock(world.locks[op.x]!, world.patience)
      locals.value = locals.value * 3 + (locals.got ? 1 : 2)
      return
    case 'timedUnlock':
      if (locals.got) yield* WRITE_ONCE(world.locks[op.x]!.held, false)
      return
    case 'await':
      yield* access('await', world.words[op.x]!, (m) => m.load(world.words[op.x]!, Order.Acquire), {
        ready: () => world.words[op.x]!.peek() !== 0,
        awaits: [world.words[op.x]!],
      })
      return
    case 'free':
      yield* access('free', null, (m) => {
        const { object } = world.objects[op.x]!
        if (m.load(object.life, Order.Once) === 'freed') throw new Oops('double-free', 'double free')
        m.store(object.life, 'freed', Order.Once)
      })
      return
    case 'use':
      locals.value = locals.value * 3 + (yield* READ_ONCE(world.objects[op.x]!.word))
      return
    case 'irqsOff':
      locals.flags.push(yield* local_irq_save())
      return
    case 'irqsOn':
      yield* local_irq_restore(locals.flags.pop()!)
      return
    case 'preemptOff':
      yield* preempt_disable()
      return
    case 'preemptOn':
      yield* preempt_enable()
      return
    case 'choose':
      locals.value =
        locals.value * 3 + (yield* access('choose', null, (_m, outcome) => outcome, { outcomes: 2 }))
      return
    case 'raise':
      yield* access('raise', null, (m) => {
        m.raise('ipi', running().cpu, Level.Hardirq, () => runBody(op.body, world, []))
      })
  }
}

function* runBody(body: readonly Op[], world: World, results: number[], slot = 0): KernelPath {
  const locals: Locals = { value: 1, flags: [], got: false }
  for (const op of body) {
    yield* perform(op, world, locals)
    results[slot] = locals.value
  }
}

/** End state: words, locks, objects, and what each frame read. */
export const endStates = new WeakMap<Machine, () => string>()

export function programOf(sketch: Sketch): Program {
  return {
    name: 'random',
    boot: (options) => {
      const m = new Machine(options)
      const cpus: Cpu[] = Array.from({ length: sketch.cpus }, () => m.addCpu())
      const world: World = {
        patience: new Cell('patience', 1),
        words: Array.from({ length: sketch.words }, (_, i) => new Cell(`x${i}`, 0)),
        locks: [new Lock('A'), new Lock('B')],
        objects: [0, 1].map((i) => {
          const object = new MemoryObject(`o${i}`, machine().takeAddress())
          return { object, word: new Cell('word', 7, object) }
        }),
      }
      const results: number[] = []
      sketch.frames.forEach((frame, i) => {
        const path = () => runBody(frame.body, world, results, i)
        m.addFrame({ name: `f${i}`, cpu: cpus[frame.cpu]!, level: frame.level, path, immediate: false })
      })
      endStates.set(m, () =>
        JSON.stringify([
          world.words.map((w) => w.peek()),
          world.locks.map((l) => l.held.peek()),
          world.objects.map((o) => o.object.life.peek()),
          results.map((r) => r ?? null),
          m.frames.map((f) => f.state),
        ]),
      )
      return m
    },
  }
}

/** `pick(n)` gives a number below n. */
export function randomSketch(pick: (n: number) => number): Sketch {
  const cpus = 1 + pick(3)
  const words = 1 + pick(2)
  const frames: FrameSketch[] = []
  for (let cpu = 0; cpu < cpus; cpu++) {
    frames.push({ cpu, level: Level.Task, body: randomBody(pick, words, Level.Task, 3) })
    if (pick(5) === 0) frames.push({ cpu, level: Level.Task, body: randomBody(pick, words, Level.Task, 2) })
  }
  const handlers = pick(3) + (cpus === 1 ? 1 : 0)
  for (let h = 0; h < handlers; h++) {
    const level = ([Level.Nmi, Level.Hardirq, Level.Nmi, Level.Softirq] as const)[pick(4)]!
    frames.push({ cpu: pick(cpus), level, body: randomBody(pick, words, level, 2) })
  }
  return { cpus, words, frames }
}

function randomBody(pick: (n: number) => number, words: number, level: Level, most: number): Op[] {
  const body: Op[] = []
  const count = 1 + pick(most)
  for (let i = 0; i < count; i++) body.push(...randomOps(pick, words, level))
  return body
}

function randomOps(pick: (n: number) => number, words: number, level: Level): Op[] {
  const x = pick(words)
  const y = pick(words)
  const inner = (): Op => ({
    op: (['read', 'write', 'add'] as const)[pick(3)]!,
    x: pick(words),
    y: pick(words),
  })
  switch (pick(18)) {
    case 0:
      return [{ op: 'lock', x: x % 2 }, inner(), { op: 'unlock', x: x % 2 }]
    case 16:
      return [{ op: 'timedLock', x: x % 2 }, inner(), { op: 'timedUnlock', x: x % 2 }]
    case 17:
      return [
        { op: 'lock', x: 0 },
        { op: 'timedLock', x: 1 },
        { op: 'timedUnlock', x: 1 },
        { op: 'unlock', x: 0 },
      ]
    case 1:
      return [{ op: 'irqsOff' }, inner(), { op: 'irqsOn' }]
    case 2:
      return level < Level.Nmi && pick(2) === 0 ? [{ op: 'await', x }] : [inner()]
    case 3:
      return [{ op: 'raise', body: [inner()] }]
    case 4:
      return level === Level.Task ? [{ op: 'preemptOff' }, inner(), { op: 'preemptOn' }] : [inner()]
    case 5:
      return [{ op: 'choose' }]
    case 6:
      return [{ op: pick(3) === 0 ? 'free' : 'use', x: pick(2) }]
    case 7:
      return [
        { op: 'lock', x: 0 },
        { op: 'lock', x: 1 },
        { op: 'unlock', x: 1 },
        { op: 'unlock', x: 0 },
      ]
    case 8:
      return [
        { op: 'irqsOff' },
        { op: 'lock', x: x % 2 },
        inner(),
        { op: 'unlock', x: x % 2 },
        { op: 'irqsOn' },
      ]
    default:
      return [{ op: (['read', 'write', 'add', 'cas', 'copy', 'guarded'] as const)[pick(6)]!, x, y }]
  }
}
