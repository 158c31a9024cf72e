/** What most claims look at: a small scenario in its first schedule. */
import {
  boot,
  type Booted,
  type Design,
  type Lab,
  type Parameters,
  type Workload,
} from '@bottom-half/deferred-work'
import { MAP_TYPES, TARGETS } from '@bottom-half/deferred-work'
import { runFirst } from './schedule.ts'

/** A workload of the suite's own. */
export function scenario(id: string, build: (lab: Lab, parameters: Parameters) => void): Workload {
  return { id, title: id, question: id, actors: [], maps: MAP_TYPES, targets: TARGETS, build }
}

/** The end of the schedule without contention. */
export function endOf(design: Design, revision: string, workload: Workload, parameters: Parameters): Booted {
  const booted = boot(design, revision, workload, parameters)
  runFirst(booted.machine)
  return booted
}

/** For each revision and each choice of parameters that the workload allows. */
export function* variants(
  design: Design,
  workload: Pick<Workload, 'maps' | 'targets'>,
): Generator<{ revision: string; parameters: Parameters; label: string }> {
  for (const { id: revision } of design.revisions)
    for (const map of workload.maps)
      for (const target of workload.targets)
        yield { revision, parameters: { map, target }, label: `${revision}, ${map}, target ${target}` }
}
