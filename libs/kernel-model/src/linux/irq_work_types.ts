/** The struct of irq_work and its flags. Follows include/linux/irq_work_types.h (6.18). */
import { addState, Cell, type Frame, type KernelPath, type MemoryObject } from '../machine/index.ts'
import { noteLazyWork } from './irq_work_lists.ts'
import { llist_node } from './llist.ts'

/** Claimed, and its func has not been entered since. */
export const IRQ_WORK_PENDING = 1
/** Claimed or running. One bit, however many CPUs run it. */
export const IRQ_WORK_BUSY = 2
/** May wait for the next tick. */
export const IRQ_WORK_LAZY = 4
/** Runs in hardirq context even on PREEMPT_RT; without effect here. */
export const IRQ_WORK_HARD_IRQ = 8
export const IRQ_WORK_CLAIMED = IRQ_WORK_PENDING | IRQ_WORK_BUSY

const FLAG_NAMES = ['PENDING', 'BUSY', 'LAZY', 'HARD_IRQ'] as const

function showFlags(flags: number): string {
  const set = FLAG_NAMES.filter((_, bit) => (flags & (1 << bit)) !== 0)
  return set.length === 0 ? 'free' : set.join('|')
}

/** The callback, in hardirq context with interrupts off. It may free or queue the work. */
export type irq_work_func = (work: irq_work) => KernelPath

/** `struct irq_work`. */
export class irq_work {
  /** IRQ_WORK_*: free (0) -> claimed -> pending (both 3) -> busy (2) -> free or claimed. */
  readonly a_flags: Cell<number>
  readonly func: Cell<irq_work_func>
  readonly node: llist_node<irq_work>
  readonly name: string
  /** Ghost: the frame that last entered func, while BUSY; names the edge of a deadlock. */
  runner: Frame | null = null

  constructor(
    name: string,
    func: irq_work_func,
    owner: MemoryObject | null,
    options: { hard?: boolean; lazy?: boolean } = {},
  ) {
    const hard = options.hard === true ? IRQ_WORK_HARD_IRQ : 0
    const lazy = options.lazy === true ? IRQ_WORK_LAZY : 0
    if (lazy !== 0) noteLazyWork()
    this.name = owner === null ? name : `${owner.name}.${name}`
    this.a_flags = new Cell(`${name}.a_flags`, hard | lazy, owner, showFlags)
    this.func = new Cell(`${name}.func`, func, owner)
    this.node = new llist_node<irq_work>(`${name}.node`, this, owner)
    addState(() => ((this.a_flags.value & IRQ_WORK_BUSY) === 0 ? null : this.runner))
  }
}
