/** Compiles a litmus program to a program of kernel paths. */
import {
  addState,
  Cell,
  type Cpu,
  declareSometimes,
  Level,
  Machine,
  Oops,
  raw_spinlock_t,
  reached,
} from '@bottom-half/kernel-model'
import type { Program } from '../program.ts'
import { compileFrame, EXISTS, registersSet, type Surroundings } from './compile_frame.ts'
import type { Expression } from './expression.ts'
import { type Code, type Registers, run, type World } from './instruction.ts'
import { type Ending, extentsOf, finalExpression, frameNames } from './names.ts'
import type { Litmus, MemoryModel } from './schema.ts'
import type { HandlerCode } from './steps.ts'

export interface CompileOptions {
  /** Stronger than what the program says. */
  readonly memory?: MemoryModel
}

/** What a boot of a litmus program takes. */
export interface BootOptions {
  readonly tracing: boolean
  /** Stronger than the program's own. */
  readonly memory?: MemoryModel
}

/** A litmus program, ready to be explored. */
export interface LitmusProgram extends Program {
  readonly memory: MemoryModel
  /** What `sometimes` has to be reached, and EXISTS if there is such a condition. */
  readonly labels: ReadonlySet<string>
  boot(options: BootOptions): Machine
}

interface FrameCode {
  readonly name: string
  readonly cpu: number
  readonly level: Level
  readonly code: Code
}

interface Word {
  readonly name: string
  readonly value: number
}

const LEVELS = { task: Level.Task, softirq: Level.Softirq, hardirq: Level.Hardirq, nmi: Level.Nmi } as const

/** Compiles once; each boot then makes only cells, frames and registers. Throws LitmusError. */
export function compileLitmus(litmus: Litmus, options: CompileOptions = {}): LitmusProgram {
  const memory = options.memory ?? litmus.memory ?? 'sc'
  const labels = new Set<string>()
  const frames = compileFrames(litmus, labels)
  const words = wordsOf(litmus)
  const locks = litmus.locks ?? []
  const judge = judgeOf(litmus, frames)
  if (litmus.final?.exists !== undefined) labels.add(EXISTS)
  const boot = (bootOptions: BootOptions): Machine => {
    const machine = new Machine(
      bootOptions.memory === undefined ? { tracing: bootOptions.tracing, memory } : bootOptions,
    )
    const cpus: Cpu[] = litmus.cpus.map(() => machine.addCpu())
    const world: World = {
      machine,
      cells: words.map(({ name, value }) => new Cell(name, value)),
      locks: locks.map((name) => new raw_spinlock_t(name)),
    }
    const registers = frames.map(({ code }) => code.registers.slice())
    for (const label of labels) declareSometimes(machine, label)
    for (let i = 0; i < frames.length; i++) {
      const { name, cpu, level, code } = frames[i]!
      const path = (): ReturnType<typeof run> => run(code, world, registers[i]!)
      machine.addFrame({ name, cpu: cpus[cpu]!, level, path, immediate: false })
    }
    if (judge !== null) {
      machine.atRest(() => judge.look(world, registers))
      if (judge.registers) addState(() => registers)
    }
    return machine
  }
  return { name: litmus.name, memory, labels, boot }
}

function wordsOf({ init }: Litmus): Word[] {
  return Object.entries(init).flatMap(([name, value]) =>
    Array.isArray(value) ? value.map((one, i) => ({ name: `${name}[${i}]`, value: one })) : [{ name, value }],
  )
}

function compileFrames(litmus: Litmus, labels: Set<string>): FrameCode[] {
  const handlers = new Map<string, HandlerCode>()
  const around: Surroundings = {
    extents: extentsOf(litmus.init),
    locks: new Map((litmus.locks ?? []).map((name, i) => [name, i])),
    handlers,
    labels,
  }
  const empty: Code = { instructions: [], registers: [] }
  const all = Object.entries(litmus.handlers ?? {})
  // All names first: a handler may raise another one.
  for (const [name, { level }] of all) handlers.set(name, { name, level, code: empty })
  for (const [name, { ops }] of all)
    handlers.get(name)!.code = compileFrame(ops, name, `handlers.${name}.ops`, around)
  const names = frameNames(litmus.cpus)
  return litmus.cpus.flatMap((cpu, c) =>
    cpu.frames.map(({ level, ops }, f) => ({
      name: names[c]![f]!,
      cpu: c,
      level: LEVELS[level],
      code: compileFrame(ops, names[c]![f]!, `cpus[${c}].frames[${f}].ops`, around),
    })),
  )
}

/** Looks at the end of a schedule. */
interface Judge {
  readonly look: (world: World, registers: readonly Registers[]) => void
  /** Does it look at registers? Then they are part of the state, also of a frame that ended. */
  readonly registers: boolean
}

/** What is said about the end of a schedule; null if nothing is. */
function judgeOf({ init, final, cpus }: Litmus, frames: readonly FrameCode[]): Judge | null {
  if (final === undefined) return null
  const extents = extentsOf(init)
  const all = cpus.flatMap((cpu) => cpu.frames)
  const slots = new Map(
    frames.map(({ name }, frame) => [name, { frame, registers: registersSet(all[frame]!.ops) }]),
  )
  const read = (key: keyof typeof final): Expression<Ending> | null =>
    final[key] === undefined ? null : finalExpression(final[key], `final.${key}`, slots, extents)
  const { forall, never, exists } = { forall: read('forall'), never: read('never'), exists: read('exists') }
  const look: Judge['look'] = ({ machine, cells }, registers) => {
    const ending: Ending = { words: (slot) => cells[slot]!.peek(), registers }
    const fails = (text: string): void => machine.report('condition', text)
    try {
      if (forall !== null && forall(ending) === 0) fails(`at the end not: ${final.forall}`)
      if (never !== null && never(ending) !== 0) fails(`at the end: ${final.never}`)
      if (exists !== null && exists(ending) !== 0) reached(EXISTS)
    } catch (error) {
      if (!(error instanceof Oops)) throw error
      fails(`the final condition: ${error.message}`)
    }
  }
  return { look, registers: Object.values(final).some((text) => text?.includes(':') === true) }
}
