/** What the frames of a random program share. */
import {
  access,
  addState,
  Cell,
  type Cpu,
  type Frame,
  irq_work,
  type KernelPath,
  llist_head,
  llist_node,
  type Machine,
  MemoryObject,
  Order,
  refcount_t,
  running,
} from '@bottom-half/kernel-model'
import { isKernelOp, KernelThings } from './kernel_ops.ts'
import type { Op, Sketch } from './sketch.ts'

export class Lock {
  readonly held: Cell<boolean>
  holder: Frame | null = null
  constructor(name: string) {
    this.held = new Cell(name, false)
    addState(() => (this.held.value ? this.holder : null))
  }
}

/** How many references each count begins with. */
const REFERENCES = 3

export class World {
  /** How many timed locks may give up although the holder could go on. */
  readonly patience: Cell<number> | null
  readonly words: readonly Cell<number>[]
  readonly locks: readonly Lock[]
  readonly objects: readonly { object: MemoryObject; word: Cell<number> }[]
  readonly counts: readonly refcount_t[]
  readonly works: readonly irq_work[]
  readonly list: llist_head<number> | null
  readonly kernel: KernelThings | null
  /** By the name of a frame: what it saw so far. */
  readonly results = new Map<string, number>()
  readonly cpus: readonly Cpu[]

  /**
   * Makes what is used and no more, for a boot is most of what a short schedule costs.
   * @param run performs a body in the frame that asks
   */
  constructor(
    m: Machine,
    cpus: readonly Cpu[],
    sketch: Sketch,
    used: ReadonlySet<Op['op']>,
    run: (body: readonly Op[], world: World) => KernelPath,
  ) {
    const two = (...by: readonly Op['op'][]): readonly number[] =>
      by.some((op) => used.has(op)) ? [0, 1] : []
    this.cpus = cpus
    this.patience = used.has('timedLock') ? new Cell('patience', 1) : null
    this.words = Array.from({ length: sketch.words }, (_, i) => new Cell(`x${i}`, 0))
    this.locks = two('lock', 'unlock', 'timedLock').map((i) => new Lock('AB'[i]!))
    this.objects = two('free', 'use').map((i) => {
      const object = new MemoryObject(`o${i}`, m.takeAddress())
      return { object, word: new Cell('word', 7, object) }
    })
    const references = sketch.references ?? REFERENCES
    this.counts = two('get', 'tryGet', 'put').map((i) => new refcount_t(`r${i}`, references))
    this.works = (sketch.works ?? []).map((body, i) => new irq_work(`w${i}`, () => run(body, this), null))
    this.list = used.has('takeAll') ? new llist_head('list') : null
    this.kernel = [...used].some(isKernelOp) ? new KernelThings(this.words[0]!) : null
    addState(() => this.results)
  }

  /** A node of the running frame, for the list; its entry says whose it is. */
  node(): llist_node<number> {
    const { name } = running()
    let whose = 0
    for (const letter of name) whose = (Math.imul(whose, 31) + letter.charCodeAt(0)) | 0
    return new llist_node(`${name} node`, whose, null)
  }

  endState(m: Machine): string {
    const { words, locks, objects, counts, works, results, kernel } = this
    return JSON.stringify([
      words.map((word) => word.peek()),
      locks.map((lock) => lock.held.peek()),
      objects.map(({ object }) => object.life.peek()),
      counts.map(({ refs }) => refs.peek()),
      works.map((work) => work.a_flags.peek()),
      kernel?.endState() ?? null,
      [...results].map(([name, value]) => `${name} ${value}`).sort(),
      m.frames.map(({ name, state }) => `${name} ${state}`).sort(),
    ])
  }
}

export function* takeLock(lock: Lock): KernelPath {
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
export function* takeTimedLock(lock: Lock, patience: Cell<number>): KernelPath<boolean> {
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
