/** Puts one design under one workload. */
import { allow_early_timeouts, type BootOptions, LabBug, Machine } from '@bottom-half/kernel-model'
import type { Design } from './contract.ts'
import { Lab } from './lab.ts'
import { arrangeRest, type Endings } from './rest.ts'
import type { Parameters, Workload } from './workload.ts'

/** A machine that is ready to take its first step. */
export interface Booted {
  readonly machine: Machine
  readonly lab: Lab
  /** How the accepted submits ended; filled in when the machine comes to rest. */
  readonly endings: Endings
}

/**
 * Every boot with the same arguments gives the same machine. Throws LabBug for a revision that the design
 * does not have.
 */
export function boot(
  design: Design,
  revision: string,
  workload: Workload,
  parameters: Parameters,
  options: BootOptions = {},
): Booted {
  if (!design.revisions.some((r) => r.id === revision))
    throw new LabBug(`${design.id} has no revision ${revision}`)
  const machine = new Machine(options)
  allow_early_timeouts(machine, workload.delayedHolders ?? 0)
  const lab = new Lab(machine, design, design.create(revision))
  workload.build(lab, parameters)
  const endings = arrangeRest(lab)
  return { machine, lab, endings }
}
