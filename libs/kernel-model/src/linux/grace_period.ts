/**
 * What both flavours of RCU share: who must be waited for, and waiting for them. A reader's word is odd while
 * it reads.
 *
 * Departures:
 * 1. A grace period starts where it is asked for, and ends at any point after its last reader. The kernel's
 *    starts later, when one is already under way. Hides nothing: a later start only adds readers to wait for.
 * 2. Each callback has a thread of its own; the kernel invokes the callbacks queued on one CPU one after the
 *    other, in the order of call_rcu(). Invents overlap and overtaking of callbacks, hides nothing.
 * 3. A callback is ordered after all readers that it waited for, and not after what other code did before the
 *    grace period. Invents a data race only where code outside of any reader relies on that.
 */
import {
  access,
  Cell,
  type Frame,
  type KernelPath,
  Level,
  type Machine,
  machine,
  RCU_SECTIONS,
  type ReaderWord,
  TRACE_SECTIONS,
} from '../machine/index.ts'
import { generic, type MemoryObject, Oops, Order, running } from '../machine/index.ts'
import { joinClock } from '../machine/data_race.ts'
import { checkContext, in_nmi } from './preempt.ts'

/** `rcu_callback_t`. */
export type rcu_callback_t = (head: rcu_head) => KernelPath

/** `struct rcu_head`: queued once at a time; `entry` is what it is embedded in (container_of). */
export class rcu_head {
  readonly name: string
  readonly entry: unknown
  /** From call_rcu() until just before the callback is entered. */
  readonly queued: Cell<boolean>

  constructor(name: string, entry: unknown, owner: MemoryObject | null = null) {
    this.name = owner === null ? name : `${owner.name}.${name}`
    this.entry = entry
    this.queued = new Cell(name, false, owner, (queued) => (queued ? 'queued' : 'not queued'))
  }
}

/** One reader that has to end: its frame, its word, and the word's odd value. */
interface Reader {
  readonly frame: Frame
  readonly cell: ReaderWord
  readonly value: number
}

/** The readers that a grace period waits for. */
export class GracePeriod {
  private readonly readers: Reader[] = []
  /** What the readers did that had ended before. */
  private readonly clock: number[] = []
  /** Stores of readers that had ended before, perhaps still on their way. */
  private readonly late: Cell<boolean>[] = []

  /** Begins one, in the step in progress, for the readers of all `words` of each frame. */
  constructor(m: Machine, words: readonly ('rcuReader' | 'traceReader')[]) {
    if (words.includes('traceReader')) m.readSections(TRACE_SECTIONS)
    if (words.includes('rcuReader'))
      for (const level of Object.values(Level)) m.readSections(RCU_SECTIONS + level)
    for (const frame of m.frames) {
      for (const word of words) this.look(frame, frame[word])
    }
  }

  private look(frame: Frame, cell: ReaderWord): void {
    if (cell.published !== null) joinClock(this.clock, cell.published)
    if (cell.late !== null) this.late.push(cell.late)
    if (cell.reads()) this.readers.push({ frame, cell, value: cell.value })
  }

  private reading(): Reader | undefined {
    return this.readers.find((reader) => reader.cell.peek() === reader.value)
  }

  /** Waits for its end; `then` is done in the same step. */
  *end(op: string, then: (m: Machine) => void): KernelPath {
    const ready = (): boolean => this.reading() === undefined
    const holder = (): Frame | null => this.reading()?.frame ?? null
    const run = (): void => {
      const clock = running().clock
      joinClock(clock, this.clock)
      for (const { cell } of this.readers) if (cell.published !== null) joinClock(clock, cell.published)
    }
    const awaits = this.readers.map((reader) => reader.cell)
    if (machine().weak === null) {
      yield* access(
        op,
        null,
        (m) => {
          run()
          then(m)
        },
        { ready, awaits, holder },
      )
      return
    }
    yield* access(op, null, run, { ready, awaits, holder })
    yield* this.barrier(op, then)
  }

  /**
   * Each CPU passes through a full barrier after its last reader and before the end of the grace period. Here: the stores that the
   * readers left on their way are in memory.
   */
  private *barrier(op: string, then: (m: Machine) => void): KernelPath {
    const late = [...this.late]
    for (const { cell } of this.readers) if (cell.late !== null) late.push(cell.late)
    const ready = (): boolean => late.every((store) => !store.value)
    yield* access(op, null, then, { ready, awaits: late })
  }
}

/** How a flavour queues and invokes its callbacks. */
export interface Flavour {
  readonly call: 'call_rcu' | 'call_rcu_tasks_trace'
  /** The words of the readers that its grace period waits for. */
  readonly words: readonly ('rcuReader' | 'traceReader')[]
  /** The thread that invokes a callback. */
  readonly thread: string
}

/**
 * Queues `func(head)` for after a grace period. Not in NMI. A head that is queued already: `double-free`,
 * fatal.
 */
export function* queueCallback(flavour: Flavour, head: rcu_head, func: rcu_callback_t): KernelPath {
  checkContext(flavour.call, in_nmi(), 'is not NMI-safe, but is called in NMI')
  yield* access(flavour.call, head.queued, (m) => {
    if (m.load(head.queued, Order.Once))
      throw new Oops('double-free', `rcu_head queued twice: ${generic(head.name)} (${flavour.call})`)
    m.store(head.queued, true, Order.Once)
    const period = new GracePeriod(m, flavour.words)
    m.spawn(flavour.thread, () => invokeCallback(flavour, period, head, func))
  })
}

/** Bottom halves are off around the callback: it may not sleep. */
function* invokeCallback(
  flavour: Flavour,
  period: GracePeriod,
  head: rcu_head,
  func: rcu_callback_t,
): KernelPath {
  const frame = running()
  yield* period.end(`${flavour.thread} after grace period`, (m) => {
    m.store(head.queued, false, Order.Once)
    frame.bhDisabled++
    m.updateRcuReader(frame)
  })
  yield* func(head)
  frame.bhDisabled--
  machine().updateRcuReader(frame)
}
