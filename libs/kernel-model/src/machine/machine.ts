/**
 * The machine: CPUs with stacks of frames, and the rules of which frame may take the next step.
 * Engines see `moves`, `perform`, `event` and nothing else.
 */
import { Contexts } from './contexts.ts'
import { Cpu } from './cpu.ts'
import { joinClock, releaseClock } from './data_race.ts'
import { describeDeadlock } from './deadlock.ts'
import { Oops } from './finding.ts'
import { AWAITS, cellOf, WRITES } from './footprint.ts'
import { Frame, type FrameSpec, Level, LEVEL_NAMES } from './frame.ts'
import { canStep, movesNow, timesOut } from './moves.ts'
import type { MemoryModel, WeakMemory } from './memory_model.ts'
import { runningOrNull, setMachine, setRunning } from './running.ts'
import { recorder } from './state.ts'
import type { Step } from './step.ts'
import { showCell, type TraceStep } from './trace.ts'
import { Tso } from './tso.ts'

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

/** How a machine is made. */
export interface BootOptions {
  /** Keep a log of all steps with their source positions? Costs most of the speed. */
  readonly tracing?: boolean
  /** Which order CPUs see each other's stores in. Absent: sequential consistency. */
  readonly memory?: MemoryModel
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
  private readonly stages: (() => void)[] = []
  private readonly restChecks: (() => void)[] = []
  private rested = false

  constructor(options: BootOptions = {}) {
    super()
    this.tracing = options.tracing ?? false
    if (options.memory === 'tso') this.weak = new Tso(this)
    setMachine(this)
    setRunning(null)
  }

  /** True once the stages after quiescence began: an engine need not reorder what follows. */
  get teardown(): boolean {
    return this.teardownAt >= 0
  }

  /** `name`: of a CPU that is made in a step, since how many there are by then depends on the schedule. */
  addCpu(name = `CPU${this.cpus.length}`): Cpu {
    const cpu = new Cpu(this.cpus.length, name, this.takeCellIds(Cpu.WORDS))
    this.cpus.push(cpu)
    if (this.weak !== null) this.weak.addCpu(cpu)
    return cpu
  }

  /** Adds a task (runs from now on) or a handler (pending until it is entered). */
  addFrame(spec: FrameSpec): Frame {
    const creator = runningOrNull()
    const clock: number[] = []
    if (creator !== null) joinClock(clock, releaseClock(creator))
    // What begins after quiescence begins after everything.
    else if (this.steps > 0) for (const before of this.frames) joinClock(clock, releaseClock(before))
    const frame = new Frame(this.frames.length, spec, clock, this.takeCellIds(Frame.WORDS))
    this.frames.push(frame)
    if (spec.level === Level.Task) {
      spec.cpu.tasks.push(frame)
      frame.state = 'active'
      this.resume(frame, undefined)
      setRunning(creator)
    } else {
      spec.cpu.pending.push(frame)
      // Which handlers came in before the raise decides what a self-IPI interrupts, whatever its level.
      if (spec.immediate) {
        this.touch(spec.cpu.mask, 0)
        this.touch(spec.cpu.softirqs, 0)
      }
    }
    return frame
  }

  /** Raises a handler from the step in progress: named after its creator, entered as soon as the masks allow. */
  raise(label: string, cpu: Cpu, level: Level, path: FrameSpec['path']): Frame {
    return this.addFrame({ name: this.childName(label), cpu, level, path, immediate: true })
  }

  /** Starts a task (a worker, an RCU callback thread) from the step in progress, on a CPU of its own. */
  spawn(label: string, path: FrameSpec['path'], task: unknown = null): Frame {
    const name = this.childName(label)
    return this.addFrame({
      name,
      cpu: this.addCpu(`CPU of ${name}`),
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
    this.movesInto(out)
    return out
  }

  /** As `moves`, into the first elements of an array that is used again; gives how many they are. */
  movesInto(out: number[]): number {
    let count = movesNow(this.cpus, out, this.weak)
    if (count > 0 || this.rested) return count
    for (const frame of this.frames) if (timesOut(frame)) out[count++] = frame.index << 4
    return count > 0 ? count : this.quiesce(out)
  }

  /** Is a step of this frame among the moves? Cheaper than asking for all of them. */
  canStep(frame: Frame): boolean {
    return canStep(frame, this.weak)
  }

  private quiesce(out: number[]): number {
    if (this.halted) return 0
    const deadlock = describeDeadlock(this)
    if (deadlock !== null) {
      this.findings.push(deadlock)
      this.halted = true
      return 0
    }
    const stage = this.stages.shift()
    if (stage !== undefined) {
      if (!this.teardown) this.teardownAt = this.steps
      setMachine(this)
      setRunning(null)
      stage()
      return this.movesInto(out)
    }
    this.rested = true
    setMachine(this)
    setRunning(null)
    for (const check of this.restChecks) check()
    return 0
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
    if (this.weak !== null) this.weak.begin(frame, step)
    try {
      if (step === null) this.enter(frame)
      else {
        for (let i = 0; i < step.awaits.length; i++) this.touch(step.awaits[i]!, AWAITS)
        this.resume(frame, step.run(this, move & 15))
      }
    } catch (error) {
      if (!(error instanceof Oops)) throw error
      this.halt(frame, error)
    }
    if (frame.level === Level.Task) this.noteTask(frame)
    this.noteEvent(frame, step)
    if (this.tracing) this.trace(frame, step, before)
    this.steps++
    setRunning(null)
  }

  private noteEvent(frame: Frame, step: Step | null): void {
    const entered = step === null
    const exited = frame.state === 'done'
    const event = this.event
    if (event === null) this.event = { frame, entered, exited, step, frames: this.frames.length }
    else {
      event.frame = frame
      event.entered = entered
      event.exited = exited
      event.step = step
      event.frames = this.frames.length
    }
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
      writes: this.footprint.touched.some((entry) => cellOf(entry) === word && (entry & WRITES) !== 0),
      before,
      after: before === null ? null : showCell(step!.cell!),
      note: this.note,
      stack: step?.stack ?? null,
    })
  }

  private resume(frame: Frame, value: unknown): void {
    setRunning(frame)
    frame.generator ??= frame.path()
    recorder?.returned(frame, value)
    const result = frame.generator.next(value)
    recorder?.suspended()
    frame.next = result.done === true ? null : result.value
    if (this.weak !== null) this.suspend(frame, this.weak)
    if (result.done !== true || frame.next !== null) return
    frame.state = 'done'
    if (frame.level === Level.Task) this.leaveTask(frame)
    else this.leaveHandler(frame)
  }

  /** Where memory is weak: what the frame has to wait for, which for a handler may be one step more before its end. */
  private suspend(frame: Frame, weak: WeakMemory): void {
    if (frame.next === null && frame.level > Level.Task) frame.next = weak.leave(frame)
    if (frame.next !== null) weak.suspend(frame, frame.next)
  }

  private enter(frame: Frame): void {
    this.interrupt(frame)
    this.resume(frame, undefined)
  }
}
