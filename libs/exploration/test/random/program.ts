/** The program that a sketch describes. */
import { Attached, type Cpu, Machine, type MemoryModel } from '@bottom-half/kernel-model'
import type { Program } from '../../src/index.ts'
import { runBody } from './perform.ts'
import { bodiesOf, type Sketch } from './sketch.ts'
import { World } from './world.ts'

/** By machine: its words, locks, objects, and what each frame saw. To be asked when its schedule is over. */
export const endStates = new Attached<Machine, () => string>(() => null)

export function programOf(sketch: Sketch, memory: MemoryModel = sketch.memory ?? 'sc'): Program {
  const used = new Set(bodiesOf(sketch).flatMap((body) => body.map(({ op }) => op)))
  return {
    name: 'random',
    boot: (options) => {
      const m = new Machine({ ...options, memory })
      const cpus: Cpu[] = Array.from({ length: sketch.cpus }, () => m.addCpu())
      const world = new World(m, cpus, sketch, used, runBody)
      sketch.frames.forEach(({ cpu, level, body }, i) => {
        const path = () => runBody(body, world)
        m.addFrame({ name: `f${i}`, cpu: cpus[cpu]!, level, path, immediate: false })
      })
      endStates.set(m, () => world.endState(m))
      return m
    },
  }
}
