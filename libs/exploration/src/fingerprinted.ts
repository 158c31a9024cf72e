/** A schedule that is known, run again: what a token says of it. */
import { LabBug } from '@bottom-half/kernel-model'
import { longestKnown } from './bounds.ts'
import type { DecidedFinding } from './decide.ts'
import type { Deviation } from './deviation.ts'
import { RunFingerprint } from './fingerprint_word.ts'
import { sameFinding } from './minimise.ts'
import type { Program } from './program.ts'
import { deviationsOf, follow, type Followed } from './schedule.ts'

/** Runs the schedule to its end. `run` is the fingerprint of what it did. */
export function fingerprinted(
  program: Program,
  deviations: readonly Deviation[],
  maxSteps?: number,
): Followed & { readonly run: string } {
  const fingerprint = new RunFingerprint()
  const followed = follow(program, deviations, {
    maxSteps: longestKnown(maxSteps),
    onStep: (machine) => fingerprint.add(machine),
  })!
  return { ...followed, run: fingerprint.word() }
}

/** The schedule of a finding. Throws LabBug if it does not show it; a livelock shows only by its cycle. */
export function fingerprintedFinding(
  program: Program,
  { finding, moves, cycle }: DecidedFinding,
  maxSteps?: number,
): ReturnType<typeof fingerprinted> {
  const again = fingerprinted(program, deviationsOf(program, moves), maxSteps)
  if (cycle.length === 0 && sameFinding(again.machine, finding) === undefined)
    throw new LabBug(`${program.name}: its schedule does not show ${finding.kind}: ${finding.title}`)
  return again
}
