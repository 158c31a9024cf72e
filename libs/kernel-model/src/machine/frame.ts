/** One activation on a CPU: a task, or a handler on top of it. */
import type { Bearer } from './attached.ts'
import type { Cpu } from './cpu.ts'
import { ReaderWord } from './reader_word.ts'
import { RCU_SECTIONS, TRACE_SECTIONS } from './sections.ts'
import type { KernelPath, Step } from './step.ts'
import { generic } from './trace.ts'

/** The four context levels, each of which may interrupt the ones before it. */
export const Level = { Task: 0, Softirq: 1, Hardirq: 2, Nmi: 3 } as const
export type Level = (typeof Level)[keyof typeof Level]

export const LEVEL_NAMES = ['task', 'softirq', 'hardirq', 'NMI'] as const

/** `pending`: a handler that has not been entered yet; `crashed`: met a fatal finding, and holds its CPU. */
export type FrameState = 'pending' | 'active' | 'done' | 'crashed'

/** What a frame is, given when it is added to a machine. */
export interface FrameSpec {
  readonly name: string
  readonly cpu: Cpu
  readonly level: Level
  readonly path: () => KernelPath<unknown>
  /** A self-IPI: entered before the next instruction of the CPU, as soon as the masks allow it. */
  readonly immediate: boolean
  /** The task_struct that a task frame runs as; handlers find it at entry. */
  readonly task?: unknown
}

export class Frame implements Bearer {
  /** How many words of its own a frame has. */
  static readonly WORDS = 2

  attachments: Map<object, unknown> | null = null
  readonly index: number
  /** Equal in all schedules in which its creator did the same: names of dynamic frames are made from their creator's. */
  readonly name: string
  readonly cpu: Cpu
  readonly level: Level
  readonly immediate: boolean
  readonly path: () => KernelPath<unknown>
  generator: KernelPath<unknown> | null = null
  state: FrameState = 'pending'
  /** The step in front of which the frame is suspended; null unless active. */
  next: Step | null = null
  /** Ids of words that it took so far from `Memory.cellIds`. */
  cells = 0
  /** Frames that this one caused so far: makes their names. */
  children = 0
  /** The kernel's preempt_count part for explicit preempt_disable(); only its own frame changes it. */
  preemptCount = 0
  migrateDisabled = 0
  /** local_bh_disable() depth. */
  bhDisabled = 0
  /** irqsOff of the CPU at entry, put back at exit. */
  irqsOffAtEntry = false
  /** Nesting of explicit rcu_read_lock(). */
  rcuNesting = 0
  /** Is the frame a vanilla RCU reader, explicit or implicit? Invariant: rcuReader is odd then. */
  readsRcu = false
  private rcuReaderCell: ReaderWord | null = null
  /** Nesting of rcu_read_lock_trace(). */
  traceNesting = 0
  private traceReaderCell: ReaderWord | null = null
  /** The id of rcuReader; traceReader has the next one. */
  readonly firstWord: number
  /** The task that runs here, or that the handler interrupted: `current`. */
  task: unknown
  /** Vector clock of the data-race detector. */
  readonly clock: number[]
  /** What smp_mb() or smp_wmb() ordered before the marked writes that follow. */
  fence: readonly number[] | null = null

  /** `firstWord`: the first of WORDS ids that are its own. */
  constructor(index: number, spec: FrameSpec, clock: number[], firstWord: number) {
    this.index = index
    this.name = spec.name
    this.cpu = spec.cpu
    this.level = spec.level
    this.immediate = spec.immediate
    this.path = spec.path
    this.task = spec.task ?? null
    this.clock = clock
    while (clock.length < index) clock.push(0)
    clock.push(1)
    this.firstWord = firstWord
  }

  /** Odd while the frame is a vanilla RCU reader; counts up at each change. */
  get rcuReader(): ReaderWord {
    this.rcuReaderCell ??= new ReaderWord(
      `${this.name} rcu reader`,
      this.firstWord,
      RCU_SECTIONS + this.level,
    )
    return this.rcuReaderCell
  }

  /** As rcuReader, for RCU Tasks Trace: explicit readers only. */
  get traceReader(): ReaderWord {
    this.traceReaderCell ??= new ReaderWord(
      `${this.name} rcu_tasks_trace reader`,
      this.firstWord + 1,
      TRACE_SECTIONS,
    )
    return this.traceReaderCell
  }
}

/** Where the frame is, for titles of findings: the same in all schedules. */
export function placeOf({ level, cpu }: Frame): string {
  return `${LEVEL_NAMES[level]} on ${generic(cpu.name)}`
}

/** An order of active frames that is the same in all schedules: indexes of frames that are made on the way are not. */
export function byPlace(a: Frame, b: Frame): number {
  if (a.cpu !== b.cpu) return a.cpu.name < b.cpu.name ? -1 : 1
  return a.level - b.level || a.index - b.index
}
