/** Programs of a few tasks on a CPU each, for tests. */
import { type KernelPath, Level, Machine } from '@bottom-half/kernel-model'
import type { Program } from '../src/index.ts'

/** `paths` makes the words of the program and gives the path of each CPU's task. */
export function tasks(name: string, paths: (machine: Machine) => (() => KernelPath)[]): Program {
  return {
    name,
    boot: () => {
      const machine = new Machine()
      paths(machine).forEach((path, i) => {
        const cpu = machine.addCpu()
        machine.addFrame({ name: `t${i}`, cpu, level: Level.Task, path, immediate: false })
      })
      return machine
    },
  }
}
