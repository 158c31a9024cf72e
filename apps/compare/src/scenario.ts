/** A cell as a program that the engines can run. */
import { boot, type Booted, type Endings } from '@bottom-half/deferred-work'
import type { Program } from '@bottom-half/exploration'
import { LabBug, type Machine } from '@bottom-half/kernel-model'
import { type Cell, lookUp, nameOf } from './cells.ts'

/** The program, and how the submits of its last schedule ended. */
export interface Scenario {
  readonly program: Program
  /** To be asked when the machine that was booted last is at its end. */
  endingsOf(machine: Machine): Endings
}

/** Throws LabBug if the names of the cell stand for nothing. */
export function scenarioOf(cell: Cell): Scenario {
  const named = lookUp(cell.design, cell.revision, cell.workload, cell.map, cell.target)
  if (typeof named === 'string') throw new LabBug(named)
  const { design, workload } = named
  let last: Booted | null = null
  return {
    program: {
      name: nameOf(cell),
      boot(options) {
        last = boot(design, cell.revision, workload, cell, options)
        return last.machine
      },
    },
    endingsOf(machine) {
      if (last?.machine !== machine) throw new LabBug('the endings of an earlier schedule were asked for')
      return last.endings
    },
  }
}
