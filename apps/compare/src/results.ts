/** Puts the explored cells together to results.json, in the order of the plan. */
import { PROPERTIES } from '@bottom-half/deferred-work'
import { type CellResult, MEMORY_NAMES, type Results, SCHEMA_VERSION } from '@bottom-half/report'
import type { PlannedCell, Selection } from './cells.ts'
import type { Bounds, Explored } from './explore_cell.ts'
import { verdictsOf } from './verdicts.ts'
import { LAB_VERSION, MODEL_VERSION } from './version.ts'

/** What was to be done, and what was done of it. */
export interface Run {
  readonly selection: Selection
  readonly bounds: Bounds
  readonly plan: readonly PlannedCell[]
  /** By position in the plan. A cell that is neither here nor inapplicable was interrupted. */
  readonly explored: ReadonlyMap<number, Explored>
  /** True if it was interrupted. */
  readonly partial: boolean
}

/** The results. A cell that was interrupted is inconclusive, so that nothing is said to hold under all workloads that was not seen to. */
export function resultsOf(run: Run): Results {
  const cells = run.plan.map((cell, at) => ({ cell, explored: run.explored.get(at) ?? interrupted(cell) }))
  return {
    schema: SCHEMA_VERSION,
    lab: { version: LAB_VERSION, model: MODEL_VERSION },
    run: {
      strategy: 'exhaustive: optimal DPOR by re-execution; random schedules where the budget ends',
      memoryModel: MEMORY_NAMES[run.bounds.memory],
      seed: run.bounds.seed,
      budget: run.bounds.budget,
      partial: run.partial,
    },
    ...subjects(run.selection),
    cells: cells.map(({ cell, explored }) => explored?.result ?? untouched(cell)),
    verdicts: cells.flatMap(({ cell, explored }) => verdictsOf(cell, explored)),
    findings: cells.flatMap(({ explored }) => [...(explored?.findings ?? [])]),
  }
}

function subjects({ designs, workloads }: Selection): Pick<Results, 'designs' | 'workloads' | 'properties'> {
  return {
    designs: designs.map(({ id, title, author, revisions, capabilities }) => ({
      id,
      title,
      author,
      revisions: revisions.map(({ id: revision, title: text, source }) => ({
        id: revision,
        title: text,
        source,
      })),
      callbackContext: capabilities.callbackContext,
    })),
    workloads: workloads.map(({ id, title, question, actors }) => ({
      id,
      title,
      question,
      actors: [...actors],
    })),
    properties: PROPERTIES.map(({ id, sentence }) => ({ id, sentence })),
  }
}

/** What is known of a cell that was not explored to its end; null for one that does not apply. */
function interrupted(cell: PlannedCell): Explored | null {
  if (cell.missing !== null) return null
  const result = { ...untouched(cell), applicable: true }
  return { result, findings: [], reason: 'the run was interrupted before this was explored' }
}

function untouched({ design, revision, workload, map, target }: PlannedCell): CellResult {
  return {
    design,
    revision,
    workload,
    map,
    target,
    applicable: false,
    executions: 0,
    schedules: 0,
    blocked: 0,
    steps: 0,
    longest: 0,
    exhausted: false,
    stopped: 0,
    endings: {},
  }
}
