/** Small programs of known size that the tests of strategies share. */
import { atomic_fetch_add, Cell, type KernelPath, Level, Machine } from '@bottom-half/kernel-model'
import type { Program } from '../../src/index.ts'

export interface FrameOf {
  readonly level?: Level
  readonly path: () => KernelPath
}

/** A program with a list of frames for each CPU; `frames` is asked anew at each boot. */
export function program(name: string, frames: () => readonly (readonly FrameOf[])[]): Program {
  return {
    name,
    boot: (options) => {
      const machine = new Machine(options)
      for (const [c, list] of frames().entries()) {
        const cpu = machine.addCpu()
        for (const [f, { level = Level.Task, path }] of list.entries())
          machine.addFrame({ name: `f${c}.${f}`, cpu, level, path, immediate: false })
      }
      return machine
    },
  }
}

/** So many adds to a word. */
export function adds(cell: Cell<number>, count: number): FrameOf {
  return {
    path: function* () {
      for (let k = 0; k < count; k++) yield* atomic_fetch_add(1, cell)
    },
  }
}

/** CPUs that add to one word, each as often as the list says: every interleaving is a class. */
export function counters(...counts: readonly number[]): Program {
  return program(`counters(${counts.join()})`, () => {
    const cell = new Cell('x', 0)
    return counts.map((count) => [adds(cell, count)])
  })
}
