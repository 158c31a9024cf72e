/** Small programs in all their schedules, under a memory model: which outcomes are possible? */
import { Cell, type KernelPath, Level, Machine, type MemoryModel } from '../src/index.ts'

/** The words of a litmus test, all 0 at first. */
export interface Words {
  readonly x: Cell<number>
  readonly y: Cell<number>
  readonly z: Cell<number>
}

/** A thread, on a CPU of its own; what it gives are its registers. */
export type Thread = (words: Words) => KernelPath<number[]>

/** What may interrupt the CPU of the first thread; its registers come last. */
export interface Litmus {
  readonly threads: readonly Thread[]
  readonly handler?: { readonly level: Level; readonly path: Thread }
}

function boot({ threads, handler }: Litmus, memory: MemoryModel): [Machine, () => string] {
  const machine = new Machine({ memory })
  const words = { x: new Cell('x', 0), y: new Cell('y', 0), z: new Cell('z', 0) }
  const registers: number[][] = []
  const run = function* (index: number, thread: Thread): KernelPath {
    registers[index] = yield* thread(words)
  }
  const frames = threads.map((thread, i) => {
    const cpu = machine.addCpu()
    const path = (): KernelPath => run(i, thread)
    return machine.addFrame({ name: `P${i}`, cpu, level: Level.Task, path, immediate: false })
  })
  if (handler !== undefined) {
    const path = (): KernelPath => run(threads.length, handler.path)
    const { cpu } = frames[0]!
    machine.addFrame({ name: 'handler', cpu, level: handler.level, path, immediate: false })
  }
  const outcome = (): string => {
    const end = `x=${words.x.peek()} y=${words.y.peek()} z=${words.z.peek()}`
    return `${registers.map((values) => values.join(',')).join(' | ')} ; ${end}`
  }
  return [machine, outcome]
}

/** All outcomes, as `registers of P0 | of P1 … ; words at the end`. Throws on a finding. */
export function outcomes(litmus: Litmus, memory: MemoryModel): Set<string> {
  const found = new Set<string>()
  const choices: { count: number; at: number }[] = []
  do {
    const [machine, outcome] = boot(litmus, memory)
    for (let depth = 0; ; depth++) {
      const moves = machine.moves()
      if (moves.length === 0) break
      const choice = (choices[depth] ??= { count: moves.length, at: 0 })
      machine.perform(moves[choice.at]!)
    }
    for (const { title } of machine.findings) throw new Error(title)
    found.add(outcome())
    while (choices.length > 0 && choices.at(-1)!.at + 1 === choices.at(-1)!.count) choices.pop()
    if (choices.length > 0) choices.at(-1)!.at++
  } while (choices.length > 0)
  return found
}

/** Is there an outcome that fits the pattern? */
export function possible(litmus: Litmus, memory: MemoryModel, pattern: RegExp): boolean {
  return [...outcomes(litmus, memory)].some((outcome) => pattern.test(outcome))
}
