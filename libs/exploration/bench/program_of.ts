/** Programs from the kernel paths of their frames. */
import { type KernelPath, Level, Machine } from '@bottom-half/kernel-model'
import type { Program } from '../src/index.ts'

const MOST_FRAMES = 64

/**
 * What a task or a handler runs. An arrow function that calls a generator function of its module: a generator function that is
 * made anew for each boot takes twenty times as long to call, since V8 makes it a hidden class of its own first.
 */
export type Path = () => KernelPath<unknown>

/** A handler that may come in once, at any point that its level allows. */
export interface Handler {
  readonly cpu: number
  readonly level: Level
  readonly path: Path
}

/** Makes the words of a program, and gives the paths over them: called once for each boot. */
export type Setup = () => { readonly tasks: readonly Path[]; readonly handlers?: readonly Handler[] }

// Names are made once: a program is booted for each schedule.
const TASKS = times(MOST_FRAMES, (i) => `t${i}`)
const HANDLERS = times(MOST_FRAMES, (i) => `h${i}`)
const NONE: readonly Handler[] = []

/** Each task on a CPU of its own; at most MOST_FRAMES tasks. */
export function programOf(name: string, setup: Setup): Program {
  return {
    name,
    boot: (options) => {
      const machine = new Machine(options)
      const { tasks, handlers = NONE } = setup()
      for (let i = 0; i < tasks.length; i++) {
        const cpu = machine.addCpu()
        machine.addFrame({ name: TASKS[i]!, cpu, level: Level.Task, path: tasks[i]!, immediate: false })
      }
      for (let i = 0; i < handlers.length; i++) {
        const { cpu, level, path } = handlers[i]!
        machine.addFrame({ name: HANDLERS[i]!, cpu: machine.cpus[cpu]!, level, path, immediate: false })
      }
      return machine
    },
  }
}

/** `count` things, made from 0 to `count` - 1. Part of each boot, so no `Array.from`, which takes several times as long. */
export function times<T>(count: number, make: (i: number) => T): T[] {
  const out: T[] = []
  for (let i = 0; i < count; i++) out.push(make(i))
  return out
}
