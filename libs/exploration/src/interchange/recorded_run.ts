/** One schedule of a program with all that can be told of it: what the interchange formats are made from. */
import { type Finding, LabBug, type Level, type Machine, type TraceStep } from '@bottom-half/kernel-model'
import type { Deviation } from '../deviation.ts'
import type { Program } from '../program.ts'
import { follow } from '../schedule.ts'

/** A frame of the run. */
export interface RecordedFrame {
  readonly index: number
  readonly name: string
  readonly cpu: number
  readonly level: Level
  /** The step that created it (a raise, a spawn); -1: it was there at boot. */
  readonly creator: number
  /** Its steps, oldest first. */
  readonly steps: readonly number[]
  readonly state: string
}

/** A step, and the step of another frame without which it would still wait; -1 for none. */
export interface RecordedStep extends TraceStep {
  readonly enabledBy: number
}

export interface RecordedRun {
  readonly program: string
  readonly frames: readonly RecordedFrame[]
  readonly steps: readonly RecordedStep[]
  readonly findings: readonly Finding[]
}

/** What has to be looked at while the machine runs. */
class Recorder {
  /** For each frame its creator. */
  readonly creators: number[] = []
  /** For each step whether it waited for something. */
  readonly waited: boolean[] = []

  /** To be called before each step, and at the end. */
  look(machine: Machine): void {
    const { event, steps } = machine
    if (this.waited.length < steps) this.waited.push(event !== null && (event.step?.ready ?? null) !== null)
    while (this.creators.length < machine.frames.length) this.creators.push(steps - 1)
  }
}

/** Runs the schedule with tracing on. */
export function recordRun(program: Program, deviations: readonly Deviation[]): RecordedRun {
  const recorder = new Recorder()
  const stop = (machine: Machine): boolean => {
    recorder.look(machine)
    return false
  }
  const followed = follow(program, deviations, { tracing: true, stop })
  if (followed === null) throw new LabBug('a schedule that is not strict cannot fail')
  const { machine } = followed
  recorder.look(machine)
  const { log } = machine
  return {
    program: program.name,
    frames: machine.frames.map((frame, index) => ({
      index,
      name: frame.name,
      cpu: frame.cpu.id,
      level: frame.level,
      creator: recorder.creators[index]!,
      steps: [...log.keys()].filter((i) => log[i]!.frame === index),
      state: frame.state,
    })),
    steps: log.map((step, i) => ({
      ...step,
      enabledBy: recorder.waited[i] === true ? writerBefore(log, i) : -1,
    })),
    findings: machine.findings,
  }
}

/** The last step of another frame that wrote the word of step `i` before it; -1 if the word was never written. */
function writerBefore(log: readonly TraceStep[], i: number): number {
  const { word, frame } = log[i]!
  if (word < 0) return -1
  const found = log.slice(0, i).findLastIndex((step) => step.word === word && step.writes)
  return found >= 0 && log[found]!.frame !== frame ? found : -1
}
