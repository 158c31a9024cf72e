/** A cell as a program that the engines can run. */
import { boot, type Booted, type Endings } from '@bottom-half/deferred-work'
import { type Program, programUnder } from '@bottom-half/exploration'
import { LabBug, type Machine, type MemoryModel } from '@bottom-half/kernel-model'
import { type Cell, lookUp, nameOf } from './cells.ts'

/** The program, and how the submits of its last schedule ended. */
export interface Scenario {
  readonly memory: MemoryModel
  readonly program: Program
  /** To be asked when the machine that was booted last is at its end. */
  endingsOf(machine: Machine): Endings
}

/** The cell under a memory model. Throws LabBug if its names stand for nothing. */
export function scenarioOf(cell: Cell, memory: MemoryModel): Scenario {
  const named = lookUp(cell.design, cell.revision, cell.workload, cell.map, cell.target)
  if (typeof named === 'string') throw new LabBug(named)
  const { design, workload } = named
  let last: Booted | null = null
  const begin: Program['boot'] = (options) => {
    last = boot(design, cell.revision, workload, cell, options)
    return last.machine
  }
  return {
    memory,
    program: programUnder({ name: nameOf(cell), boot: begin }, memory),
    endingsOf(machine) {
      if (last?.machine !== machine) throw new LabBug('the endings of an earlier schedule were asked for')
      return last.endings
    },
  }
}
