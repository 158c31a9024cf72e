/** One CPU: its tasks, the stack of handlers above them, and the masks. */
import type { Bearer } from './attached.ts'
import type { Word } from './cell.ts'
import { type Frame, Level } from './frame.ts'

const NO_CLOCK: readonly number[] = []

export class Cpu implements Bearer {
  /** How many words of its own a CPU has. */
  static readonly WORDS = 5

  attachments: Map<object, unknown> | null = null
  readonly id: number
  /** The same in all schedules, also of a CPU that was made for a task on the way; its id is not. */
  readonly name: string
  readonly tasks: Frame[] = []
  /** Active handlers, innermost last. Invariant: levels strictly increase. */
  readonly stack: Frame[] = []
  /** Handlers that wait for entry. */
  readonly pending: Frame[] = []
  /** The interrupt flag, negated. Touched by whatever changes it, and by the entry of hardirqs and softirqs, which depends on it. */
  readonly mask: Word & { value: boolean }
  /** Touched by entry and exit of a softirq, and by what disables bottom halves: the softirq part of preempt_count. */
  readonly softirqs: Word
  /** Touched by entry and exit of an NMI: nothing else keeps one out. */
  readonly nmi: Word
  /** Touched by whatever changes or depends on preemption, where tasks share the CPU. */
  readonly preemption: Word
  /** The task that ran last: what a handler finds as `current`. */
  readonly current: Word & { value: Frame | null }
  /** What an irq-off region orders against hardirqs and softirqs, as a lock would. */
  maskClock: readonly number[] = NO_CLOCK
  /** The same of a region with bottom halves disabled, against softirqs. */
  softirqsClock: readonly number[] = NO_CLOCK

  /** `firstWord`: the first of WORDS ids that are its own. */
  constructor(id: number, name: string, firstWord: number) {
    this.id = id
    this.name = name
    this.mask = { id: firstWord, value: false }
    this.preemption = { id: firstWord + 1, value: 0 }
    this.current = { id: firstWord + 2, value: null }
    this.nmi = { id: firstWord + 3, value: false }
    this.softirqs = { id: firstWord + 4, value: false }
  }

  /** The interrupt flag, negated: `irqs_disabled()`. */
  get irqsOff(): boolean {
    return this.mask.value
  }

  /** To be set by what touches `mask`. */
  set irqsOff(off: boolean) {
    this.mask.value = off
  }

  /** The innermost handler; null while a task runs. */
  top(): Frame | null {
    const depth = this.stack.length
    return depth === 0 ? null : this.stack[depth - 1]!
  }

  /** The words that decide if a handler of this level can come in, with what else is on the CPU. */
  wordsFor(level: Level): readonly Word[] {
    if (level === Level.Nmi) return [this.nmi]
    return level === Level.Hardirq ? [this.mask] : [this.mask, this.softirqs]
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
