/** One CPU: its tasks, the stack of handlers above them, and the masks. */
import type { Bearer } from './attached.ts'
import { Cell } from './cell.ts'
import { type Frame, Level } from './frame.ts'

export class Cpu implements Bearer {
  readonly attachments = new Map<object, unknown>()
  readonly id: number
  readonly tasks: Frame[] = []
  /** Active handlers, innermost last. Invariant: levels strictly increase. */
  readonly stack: Frame[] = []
  /** Handlers that wait for entry. */
  readonly pending: Frame[] = []
  /** The interrupt flag, negated: `irqs_disabled()`. */
  irqsOff = false
  /** Touched by whatever changes or depends on the interrupt mask. */
  readonly mask: Cell<boolean>
  /** Touched by whatever changes or depends on preemption, where tasks share the CPU. */
  readonly preemption: Cell<number>
  /** The task that ran last: what a handler finds as `current`. */
  readonly current: Cell<Frame | null>
  /** True if a handler may come in at any point. */
  interruptible = false
  /** What an irq-off region orders against a handler, as a lock would. */
  maskClock: readonly number[] = []

  constructor(id: number) {
    this.id = id
    this.mask = new Cell(`CPU${id} irq mask`, false)
    this.preemption = new Cell(`CPU${id} preemption`, 0)
    this.current = new Cell<Frame | null>(`CPU${id} current`, null)
  }

  /** The innermost handler; null while a task runs. */
  top(): Frame | null {
    return this.stack[this.stack.length - 1] ?? null
  }

  /** May a frame of this level come in now? Nothing masks an NMI but an NMI. */
  admits(level: Level): boolean {
    const top = this.top()
    const topLevel = top === null ? Level.Task : top.level
    if (topLevel >= level) return false
    if (level === Level.Nmi) return true
    if (this.irqsOff) return false
    return level === Level.Hardirq || !this.bhDisabled()
  }

  private bhDisabled(): boolean {
    for (const task of this.tasks) if (task.bhDisabled > 0) return true
    return false
  }

  /** May this task run, as far as the other tasks of the CPU are concerned? */
  schedulable(task: Frame): boolean {
    for (const other of this.tasks) {
      if (other === task || other.state !== 'active') continue
      if (other.preemptCount > 0 || other.bhDisabled > 0) return false
    }
    return !this.irqsOff || this.irqsOffBy === task
  }

  /** The task that switched interrupts off; meaningful only while irqsOff and no handler is active. */
  irqsOffBy: Frame | null = null
}
