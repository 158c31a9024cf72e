/**
 * The machine: CPUs with stacks of frames, and the rules of which frame may take the next step.
 * Engines see `moves`, `perform`, `event` and nothing else.
 */
import { Contexts } from './contexts.ts'
import { Cpu } from './cpu.ts'
import { joinClock, releaseClock } from './data_race.ts'
import { describeDeadlock } from './deadlock.ts'
import { Oops } from './finding.ts'
import { AWAITS, WRITES } from './footprint.ts'
import { Frame, type FrameSpec, Level, LEVEL_NAMES } from './frame.ts'
import { runningOrNull, setMachine, setRunning } from './running.ts'
import type { Step } from './step.ts'
import { showCell, type TraceStep } from './trace.ts'

/** What `perform` did, for an engine. One object per machine, overwritten by each step. */
export interface PerformedStep {
  frame: Frame
  /** True if the step was the entry of a handler. */
  entered: boolean
  /** True if the frame ended with this step. */
  exited: boolean
  /** The step that was performed; null for an entry. */
  step: Step | null
  /** How many frames exist after it: the new ones were caused by it. */
  frames: number
}

export class Machine extends Contexts {
  readonly cpus: Cpu[] = []
  readonly tracing: boolean
  /** Only while tracing. */
  readonly log: TraceStep[] = []
  /** True after a fatal finding: the frame that met it stands still for ever, the other CPUs go on. */
  halted = false
  /** The index of the first step after quiescence; -1 before. */
  teardownAt = -1
  event: PerformedStep | null = null
  /** What the step in progress decided; shown in the trace. */
  note: string | null = null
  private readonly stages: (() => void)[] = []
  private readonly restChecks: (() => void)[] = []
  private rested = false

  constructor(options: { tracing?: boolean } = {}) {
    super()
    this.tracing = options.tracing ?? false
    setMachine(this)
    setRunning(null)
  }

  /** True once the stages after quiescence began: an engine need not reorder what follows. */
  get teardown(): boolean {
    return this.teardownAt >= 0
  }

  addCpu(): Cpu {
    const cpu = new Cpu(this.cpus.length)
    this.cpus.push(cpu)
    return cpu
  }

  /** Adds a task (runs from now on) or a handler (pending until it is entered). */
  addFrame(spec: FrameSpec): Frame {
    const creator = runningOrNull()
    const clock: number[] = []
    // What begins after quiescence begins after everything.
    for (const before of creator === null ? this.frames : [creator]) joinClock(clock, releaseClock(before))
    const frame = new Frame(this.frames.length, spec, clock)
    this.frames.push(frame)
    if (spec.level === Level.Task) {
      spec.cpu.tasks.push(frame)
      frame.state = 'active'
      this.resume(frame, undefined)
      setRunning(creator)
    } else {
      spec.cpu.pending.push(frame)
      if (!spec.immediate) spec.cpu.interruptible = true
      if (spec.immediate) this.touch(spec.cpu.mask, 0)
    }
    return frame
  }

  /** Raises a handler from the step in progress: named after its creator, entered as soon as the masks allow. */
  raise(label: string, cpu: Cpu, level: Level, path: FrameSpec['path']): Frame {
    return this.addFrame({ name: this.childName(label), cpu, level, path, immediate: true })
  }

  /** Starts a task (a worker, an RCU callback thread) from the step in progress, on a CPU of its own. */
  spawn(label: string, path: FrameSpec['path'], task: unknown = null): Frame {
    const cpu = this.addCpu()
    return this.addFrame({
      name: this.childName(label),
      cpu,
      level: Level.Task,
      path,
      immediate: false,
      task,
    })
  }

  private childName(label: string): string {
    const creator = runningOrNull()
    return creator === null ? label : `${creator.name}/${label}#${++creator.children}`
  }

  /** `begin` adds frames once nothing else can move; stages run one after the other. */
  atQuiescence(begin: () => void): void {
    this.stages.push(begin)
  }

  /** `check` runs once, after the last stage came to rest, and reports what is left over. */
  atRest(check: () => void): void {
    this.restChecks.push(check)
  }

  /**
   * The moves that are possible now, each `frame index * 16 + outcome`, in a fixed order: steps before entries.
   * Empty when the schedule is over. Waits with a timeout end by it only where there is no other move.
   */
  moves(): number[] {
    const out: number[] = []
    for (const cpu of this.cpus) this.stepsOf(cpu, out)
    for (const cpu of this.cpus) {
      for (const frame of cpu.pending)
        if (!frame.immediate && cpu.admits(frame.level)) out.push(frame.index << 4)
    }
    if (out.length > 0 || this.rested) return out
    for (const frame of this.frames) if (this.timesOut(frame)) out.push(frame.index << 4)
    return out.length > 0 ? out : this.quiesce()
  }

  /** Is a step of this frame among the moves? Cheaper than asking for all of them. */
  canStep(frame: Frame): boolean {
    const { cpu, next } = frame
    if (frame.state !== 'active' || next === null || (next.ready !== null && !next.ready())) return false
    if (cpu.pending.some((p) => p.immediate && cpu.admits(p.level))) return false
    const top = cpu.top()
    return top === null ? cpu.tasks.length === 1 || cpu.schedulable(frame) : top === frame
  }

  private stepsOf(cpu: Cpu, out: number[]): void {
    const before = out.length
    for (const frame of cpu.pending)
      if (frame.immediate && cpu.admits(frame.level)) out.push(frame.index << 4)
    if (out.length > before) return
    const top = cpu.top()
    if (top !== null) this.stepOf(top, out)
    else
      for (const task of cpu.tasks)
        if (cpu.tasks.length === 1 || cpu.schedulable(task)) this.stepOf(task, out)
  }

  private stepOf(frame: Frame, out: number[]): void {
    const step = frame.next
    if (frame.state !== 'active' || step === null) return
    if (step.ready !== null && !step.ready()) return
    for (let outcome = 0; outcome < step.outcomes; outcome++) out.push((frame.index << 4) | outcome)
  }

  /** Is the frame in a wait that ends by its timeout? To be asked when nothing else can move. */
  private timesOut(frame: Frame): boolean {
    const top = frame.cpu.top()
    return frame.state === 'active' && frame.next?.lastResort === true && (top === null || top === frame)
  }

  private quiesce(): number[] {
    if (this.halted) return []
    const deadlock = describeDeadlock(this)
    if (deadlock !== null) {
      this.findings.push(deadlock)
      this.halted = true
      return []
    }
    const stage = this.stages.shift()
    if (stage !== undefined) {
      if (!this.teardown) this.teardownAt = this.steps
      setMachine(this)
      setRunning(null)
      stage()
      return this.moves()
    }
    this.rested = true
    setMachine(this)
    setRunning(null)
    for (const check of this.restChecks) check()
    return []
  }

  /** Performs one of the moves. Afterwards `event` and `footprint` describe it. */
  perform(move: number): void {
    const frame = this.frames[move >> 4]!
    setMachine(this)
    this.footprint.clear()
    this.note = null
    const step = frame.state === 'pending' ? null : frame.next
    const shown = this.tracing ? (step?.cell ?? null) : null
    const before = shown === null ? null : showCell(shown)
    setRunning(frame)
    try {
      if (step === null) this.enter(frame)
      else {
        for (const cell of step.awaits) this.footprint.add(cell.id, AWAITS, cell.value)
        this.resume(frame, step.run(this, move & 15))
      }
    } catch (error) {
      if (!(error instanceof Oops)) throw error
      this.halt(frame, error)
    }
    if (frame.level === Level.Task) this.noteTask(frame)
    const exited = frame.state === 'done'
    this.event = { frame, entered: step === null, exited, step, frames: this.frames.length }
    if (this.tracing) this.trace(frame, step, before)
    this.steps++
    setRunning(null)
  }

  private halt(frame: Frame, oops: Oops): void {
    frame.state = 'crashed'
    const involved = [...oops.involved.filter((n) => n >= 0), this.steps]
    this.findings.push({ kind: oops.kind, title: oops.message, step: this.steps, involved, fatal: true })
    this.halted = true
  }

  private trace(frame: Frame, step: Step | null, before: string | null): void {
    const word = step?.cell?.id ?? -1
    this.log.push({
      frame: frame.index,
      op: step === null ? `enter ${LEVEL_NAMES[frame.level]}` : step.op,
      cell: step?.cell?.name ?? null,
      word,
      writes: this.footprint.touched.some((entry) => entry >> 2 === word && (entry & WRITES) !== 0),
      before,
      after: before === null ? null : showCell(step!.cell!),
      note: this.note,
      stack: step?.stack ?? null,
    })
  }

  private resume(frame: Frame, value: unknown): void {
    setRunning(frame)
    frame.generator ??= frame.path()
    const result = frame.generator.next(value)
    if (result.done !== true) {
      frame.next = result.value
      return
    }
    frame.next = null
    frame.state = 'done'
    if (frame.level === Level.Task) this.leaveTask(frame)
    else this.leaveHandler(frame)
  }

  private enter(frame: Frame): void {
    this.interrupt(frame)
    this.resume(frame, undefined)
  }
}
