/** How each operation of a sketch is performed. */
import {
  access,
  atomic_add,
  atomic_fetch_add,
  cmpxchg,
  irq_work_queue,
  irq_work_queue_on,
  irq_work_sync,
  type KernelPath,
  Level,
  type Machine,
  llist_add,
  llist_del_all,
  llist_next,
  local_bh_disable,
  local_bh_enable,
  local_irq_restore,
  local_irq_save,
  Oops,
  Order,
  preempt_disable,
  preempt_enable,
  READ_ONCE,
  refcount_dec_and_test,
  refcount_inc,
  refcount_inc_not_zero,
  running,
  smp_mb,
  WRITE_ONCE,
} from '@bottom-half/kernel-model'
import { chooseInStep } from './choices.ts'
import { type Held, performKernelOp } from './kernel_ops.ts'
import { HERE, type KernelOp, type Op } from './sketch.ts'
import { takeLock, takeTimedLock, type World } from './world.ts'

interface Locals extends Held {
  /** All that the body saw so far. */
  value: number
  got: boolean
}

/** Remembers what was seen: bounded, and different for different histories of a few operations. */
function saw(locals: Locals, value: number): void {
  locals.value = (Math.imul(locals.value, 31) + value + 1) | 0
}

/** Runs a body in the running frame. */
export function* runBody(body: readonly Op[], world: World): KernelPath {
  const locals: Locals = { value: 1, flags: [], results: [], got: false }
  for (const op of body) {
    yield* perform(op, world, locals)
    world.results.set(running().name, locals.value)
  }
}

function perform(op: Op, world: World, locals: Locals): KernelPath {
  switch (op.op) {
    case 'read':
    case 'write':
    case 'add':
    case 'cas':
    case 'copy':
    case 'guarded':
    case 'guardedAtOnce':
    case 'atomicAdd':
    case 'await':
      return onWord(op, world, locals)
    case 'lock':
    case 'unlock':
    case 'timedLock':
    case 'timedUnlock':
      return onLock(op, world, locals)
    case 'free':
    case 'use':
    case 'get':
    case 'tryGet':
    case 'put':
      return onObject(op, world, locals)
    case 'choose':
    case 'either':
    case 'among':
    case 'sides':
    case 'branch':
      return choosing(op, world, locals)
    case 'raise':
    case 'spawn':
    case 'send':
      return creating(op, world)
    case 'queue':
    case 'queueOn':
    case 'sync':
    case 'takeAll':
      return onWork(op, world, locals)
    case 'irqsOff':
    case 'irqsOn':
    case 'preemptOff':
    case 'preemptOn':
    case 'bhOff':
    case 'bhOn':
    case 'fence':
      return onContext(op, locals)
    default:
      return onKernel(op, world, locals)
  }
}

function* onKernel(op: KernelOp, world: World, locals: Locals): KernelPath {
  const seen = yield* performKernelOp(op, world.kernel!, locals)
  if (seen >= 0) saw(locals, seen)
}

type Among<Name extends Op['op']> = Extract<Op, { op: Name }>

function* onWord(
  op: Among<'read' | 'write' | 'add' | 'cas' | 'copy' | 'guarded' | 'guardedAtOnce' | 'atomicAdd' | 'await'>,
  world: World,
  locals: Locals,
): KernelPath {
  const word = world.words[op.x]!
  switch (op.op) {
    case 'read':
      saw(locals, yield* READ_ONCE(word))
      return
    case 'write':
      yield* WRITE_ONCE(word, op.y + 1)
      return
    case 'add':
      saw(locals, yield* atomic_fetch_add(1, word))
      return
    case 'cas':
      saw(locals, yield* cmpxchg(word, 0, op.y + 1))
      return
    case 'copy':
      yield* WRITE_ONCE(world.words[op.y]!, yield* READ_ONCE(word))
      return
    case 'guarded':
      if ((yield* READ_ONCE(word)) !== 0) yield* WRITE_ONCE(world.words[op.y]!, 5)
      return
    case 'guardedAtOnce': {
      const other = world.words[op.y]!
      const decide = (m: Machine): number => {
        if (m.load(word, Order.Once) === 0) return m.load(other, Order.Once)
        m.store(other, 6, Order.Once)
        return 100
      }
      saw(locals, yield* access('guarded at once', word, decide))
      return
    }
    case 'atomicAdd':
      yield* atomic_add(1, word)
      return
    case 'await':
      yield* access('await', word, (m) => m.load(word, Order.Acquire), {
        ready: () => word.peek() !== 0,
        awaits: [word],
      })
  }
}

function* onLock(
  op: Among<'lock' | 'unlock' | 'timedLock' | 'timedUnlock'>,
  world: World,
  locals: Locals,
): KernelPath {
  const lock = world.locks[op.x]!
  switch (op.op) {
    case 'lock':
      yield* takeLock(lock)
      return
    case 'unlock':
      yield* WRITE_ONCE(lock.held, false)
      return
    case 'timedLock':
      locals.got = yield* takeTimedLock(lock, world.patience!)
      saw(locals, locals.got ? 1 : 0)
      return
    case 'timedUnlock':
      if (locals.got) yield* WRITE_ONCE(lock.held, false)
  }
}

function* onObject(
  op: Among<'free' | 'use' | 'get' | 'tryGet' | 'put'>,
  world: World,
  locals: Locals,
): KernelPath {
  switch (op.op) {
    case 'free':
      yield* access('free', null, (m) => {
        const { object } = world.objects[op.x]!
        if (m.load(object.life, Order.Once) === 'freed') throw new Oops('double-free', 'double free')
        m.store(object.life, 'freed', Order.Once)
      })
      return
    case 'use':
      saw(locals, yield* READ_ONCE(world.objects[op.x]!.word))
      return
    case 'get':
      yield* refcount_inc(world.counts[op.x]!)
      return
    case 'tryGet':
      saw(locals, (yield* refcount_inc_not_zero(world.counts[op.x]!)) ? 1 : 0)
      return
    case 'put':
      saw(locals, (yield* refcount_dec_and_test(world.counts[op.x]!)) ? 1 : 0)
  }
}

function* choosing(
  op: Among<'choose' | 'either' | 'among' | 'sides' | 'branch'>,
  world: World,
  locals: Locals,
): KernelPath {
  if (op.op === 'either' || op.op === 'among' || op.op === 'sides') {
    saw(locals, yield* chooseInStep(op.op, world.words[op.x]!, world.words[op.y]!))
    return
  }
  const outcome = yield* access('choose', null, (_m, chosen) => chosen, { outcomes: 2 })
  saw(locals, outcome)
  if (op.op === 'choose') return
  if (outcome === 0) saw(locals, yield* READ_ONCE(world.words[op.x]!))
  else yield* WRITE_ONCE(world.words[op.y]!, 8)
}

function* creating(op: Among<'raise' | 'spawn' | 'send'>, world: World): KernelPath {
  const path = (): KernelPath => runBody(op.body, world)
  yield* access(op.op, null, (m) => {
    if (op.op === 'raise') m.raise('ipi', running().cpu, op.level ?? Level.Hardirq, path)
    else if (op.op === 'spawn') m.spawn('worker', path)
    else {
      const name = `${running().name}/sent#${++running().children}`
      m.addFrame({
        name,
        cpu: op.x === HERE ? running().cpu : world.cpus[op.x]!,
        level: op.level,
        path,
        immediate: false,
      })
    }
  })
}

function* onWork(
  op: Among<'queue' | 'queueOn' | 'sync' | 'takeAll'>,
  world: World,
  locals: Locals,
): KernelPath {
  switch (op.op) {
    case 'queue':
      saw(locals, (yield* irq_work_queue(world.works[op.work]!)) ? 1 : 0)
      return
    case 'queueOn':
      saw(locals, (yield* irq_work_queue_on(world.works[op.work]!, world.cpus[op.x]!)) ? 1 : 0)
      return
    case 'sync':
      yield* irq_work_sync(world.works[op.work]!)
      return
    case 'takeAll':
      yield* llist_add(world.node(), world.list!)
      for (let node = yield* llist_del_all(world.list!); node !== null; node = yield* llist_next(node))
        saw(locals, node.entry)
  }
}

function* onContext(
  op: Among<'irqsOff' | 'irqsOn' | 'preemptOff' | 'preemptOn' | 'bhOff' | 'bhOn' | 'fence'>,
  locals: Locals,
): KernelPath {
  switch (op.op) {
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
    case 'bhOff':
      yield* local_bh_disable()
      return
    case 'bhOn':
      yield* local_bh_enable()
      return
    case 'fence':
      yield* smp_mb()
  }
}
