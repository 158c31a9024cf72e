/** Primitives of the kernel in random programs: readers and grace periods, work items, both spinlocks, memory that is freed late. */
import {
  atomic_fetch_add,
  call_rcu,
  call_rcu_tasks_trace,
  cancel_work_sync,
  Cell,
  flush_work,
  kfree_rcu,
  type KernelPath,
  kmalloc_nolock,
  type MemoryObject,
  raw_res_spin_lock_irqsave,
  raw_res_spin_unlock_irqrestore,
  raw_spin_lock_irqsave,
  raw_spin_unlock_irqrestore,
  raw_spinlock_t,
  rcu_head,
  rcu_read_lock,
  rcu_read_lock_trace,
  rcu_read_unlock,
  rcu_read_unlock_trace,
  READ_ONCE,
  rqspinlock_t,
  schedule_work,
  synchronize_rcu,
  synchronize_rcu_tasks_trace,
  work_struct,
  WRITE_ONCE,
  xchg,
} from '@bottom-half/kernel-model'
import type { KernelOp, Op } from './sketch.ts'

const KERNEL_OPS: Readonly<Record<KernelOp['op'], true>> = {
  rcuOn: true,
  rcuOff: true,
  traceOn: true,
  traceOff: true,
  syncRcu: true,
  syncTrace: true,
  spinOn: true,
  spinOff: true,
  resOn: true,
  resOff: true,
  callRcu: true,
  callTrace: true,
  schedule: true,
  flush: true,
  cancel: true,
  publish: true,
  retire: true,
  deref: true,
}

export function isKernelOp(op: Op['op']): boolean {
  return op in KERNEL_OPS
}

/** What a pointer points to. */
class Node {
  readonly object: MemoryObject
  readonly word: Cell<number>
  readonly head: rcu_head
  constructor(object: MemoryObject) {
    this.object = object
    this.word = new Cell('word', 3, object)
    this.head = new rcu_head('rcu', this, object)
  }
}

const BOTH = [0, 1] as const

/** Two of each. */
export class KernelThings {
  readonly spins = BOTH.map((i) => new raw_spinlock_t(`spin${i}`))
  readonly resilient = BOTH.map((i) => new rqspinlock_t(`res${i}`))
  readonly heads = BOTH.map((i) => new rcu_head(`head${i}`, null))
  readonly pointers = BOTH.map((i) => new Cell<Node | null>(`pointer${i}`, null))
  readonly works: readonly work_struct[]
  private readonly word: Cell<number>

  /** `word`: what callbacks and works count up. */
  constructor(word: Cell<number>) {
    this.word = word
    this.works = BOTH.map((i) => new work_struct(`work${i}`, this.counts))
  }

  readonly counts = function* (this: KernelThings): KernelPath {
    yield* atomic_fetch_add(1, this.word)
  }.bind(this)

  endState(): readonly unknown[] {
    const { spins, resilient, heads, pointers, works } = this
    return [
      spins.map((lock) => lock.locked.peek()),
      resilient.map((lock) => lock.val.peek()),
      heads.map((head) => head.queued.peek()),
      pointers.map((pointer) => {
        const node = pointer.peek()
        return node === null ? null : [node.word.peek(), node.object.life.peek()]
      }),
      works.map((work) => [work.pending.peek(), work.disabled.peek(), work.queued.peek() !== null]),
    ]
  }
}

/** What is to be known at the end of a critical section. */
export interface Held {
  readonly flags: boolean[]
  readonly results: { err: number; flags: boolean }[]
}

/** Gives what the frame saw; -1: nothing. */
export function* performKernelOp(op: KernelOp, things: KernelThings, held: Held): KernelPath<number> {
  switch (op.op) {
    case 'rcuOn':
      yield* rcu_read_lock()
      return -1
    case 'rcuOff':
      yield* rcu_read_unlock()
      return -1
    case 'traceOn':
      yield* rcu_read_lock_trace()
      return -1
    case 'traceOff':
      yield* rcu_read_unlock_trace()
      return -1
    case 'syncRcu':
      yield* synchronize_rcu()
      return -1
    case 'syncTrace':
      yield* synchronize_rcu_tasks_trace()
      return -1
    case 'callRcu':
      yield* call_rcu(things.heads[op.x]!, things.counts)
      return -1
    case 'callTrace':
      yield* call_rcu_tasks_trace(things.heads[op.x]!, things.counts)
      return -1
    case 'schedule':
      return Number(yield* schedule_work(things.works[op.x]!))
    case 'flush':
      return Number(yield* flush_work(things.works[op.x]!))
    case 'cancel':
      return Number(yield* cancel_work_sync(things.works[op.x]!))
    case 'publish':
    case 'retire':
    case 'deref':
      return yield* onPointer(op.op, things.pointers[op.x]!)
    default:
      return yield* onSpinlock(op, things, held)
  }
}

function* onPointer(op: 'publish' | 'retire' | 'deref', pointer: Cell<Node | null>): KernelPath<number> {
  if (op === 'publish') {
    const node = yield* kmalloc_nolock('node', (object) => new Node(object))
    if (node !== null) yield* WRITE_ONCE(pointer, node)
    return node === null ? 0 : 1
  }
  if (op === 'deref') {
    const node = yield* READ_ONCE(pointer)
    return node === null ? 0 : yield* READ_ONCE(node.word)
  }
  const node = yield* xchg(pointer, null)
  if (node !== null) yield* kfree_rcu(node, node.head)
  return node === null ? 0 : 1
}

function* onSpinlock(
  op: Extract<KernelOp, { op: 'spinOn' | 'spinOff' | 'resOn' | 'resOff' }>,
  { spins, resilient }: KernelThings,
  { flags, results }: Held,
): KernelPath<number> {
  switch (op.op) {
    case 'spinOn':
      flags.push(yield* raw_spin_lock_irqsave(spins[op.x]!))
      return -1
    case 'spinOff':
      yield* raw_spin_unlock_irqrestore(spins[op.x]!, flags.pop()!)
      return -1
    case 'resOn': {
      const result = yield* raw_res_spin_lock_irqsave(resilient[op.x]!)
      results.push(result)
      return -result.err
    }
    case 'resOff': {
      const { err, flags: saved } = results.pop()!
      if (err === 0) yield* raw_res_spin_unlock_irqrestore(resilient[op.x]!, saved)
      return -1
    }
  }
}
