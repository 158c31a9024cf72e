/**
 * One program under several memory models, and of each finding the weakest model that it needs. The models are ordered: what
 * sequential consistency allows, x86-TSO allows too (each store may leave the buffer at once), so a finding that the first one shows
 * needs no other. A weaker model that follows has its place behind them.
 */
import { LabBug, type Machine, type MemoryModel } from '@bottom-half/kernel-model'
import type { FoundFinding } from './found.ts'
import { explore, type Exploration, type ExploreOptions } from './explore.ts'
import type { Program } from './program.ts'

/** All of them, the one that allows least first. */
export const MODELS = ['sc', 'tso'] as const satisfies readonly MemoryModel[]

/** The models from the one that allows least up to this one. */
export function modelsUpTo(memory: MemoryModel): readonly MemoryModel[] {
  return MODELS.slice(0, MODELS.indexOf(memory) + 1)
}

/** The same program, always under this model. Its `boot` throws LabBug if the program boots under another one. */
export function programUnder(program: Program, memory: MemoryModel): Program {
  return {
    name: program.name,
    boot({ tracing }): Machine {
      const machine = program.boot({ tracing, memory })
      if ((machine.weak === null) !== (memory === 'sc'))
        throw new LabBug(`${program.name} was booted for ${memory}, and runs under another memory model`)
      return machine
    },
  }
}

/** A finding as an exploration has it. */
type Shown = Pick<FoundFinding, 'finding'>

/** What an exploration under one model came to. */
export interface Covered<F extends Shown> {
  readonly memory: MemoryModel
  readonly exhausted: boolean
  readonly findings: readonly F[]
}

/** A finding under the weakest model that it needs, with a schedule of that model. */
export type ModelFinding<F extends Shown = FoundFinding> = F & {
  /** The model of the schedule. */
  readonly memory: MemoryModel
  /** The same, where a stronger model was explored to its end and does not show it; null: that is not known. */
  readonly needs: MemoryModel | null
}

/**
 * Each finding once, from the strongest model that shows it.
 * @param explored in the order of MODELS, from the first one on
 */
export function weakestNeeds<F extends Shown>(explored: readonly Covered<F>[]): ModelFinding<F>[] {
  const known = new Set<string>()
  const out: ModelFinding<F>[] = []
  let certain = true
  for (const { memory, exhausted, findings } of explored) {
    for (const found of findings) {
      const name = `${found.finding.kind}\n${found.finding.title}`
      if (known.has(name)) continue
      known.add(name)
      out.push({ ...found, memory, needs: certain ? memory : null })
    }
    certain &&= exhausted
  }
  return out
}

/** The program under each model, and the findings of all of them. */
export interface ModelExploration {
  readonly explored: readonly (Exploration & { readonly memory: MemoryModel })[]
  readonly findings: readonly ModelFinding[]
}

/**
 * Explores under each model up to the one that is wanted. Not to be resumed: each model has a search of its own.
 * @param memory the weakest model to explore under
 */
export function exploreModels(
  program: Program,
  options: Omit<ExploreOptions, 'checkpoint' | 'resume'> & { readonly memory?: MemoryModel } = {},
): ModelExploration {
  const { memory: last = 'tso', ...rest } = options
  const explored = modelsUpTo(last).map((memory) => ({
    ...explore(programUnder(program, memory), rest),
    memory,
  }))
  return { explored, findings: weakestNeeds(explored) }
}
