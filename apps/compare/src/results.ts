/** Puts the explored cells together to results.json, in the order of the plan. */
import { PROPERTIES } from '@bottom-half/deferred-work'
import { type CellResult, type Results, SCHEMA_VERSION } from '@bottom-half/report'
import type { PlannedCell, Selection } from './cells.ts'
import type { Bounds, Explored } from './explore_cell.ts'
import { verdictsOf } from './verdicts.ts'
import { LAB_VERSION, MODEL_VERSION } from './version.ts'

/** What was to be done, and what was done of it. */
export interface Run {
  readonly selection: Selection
  readonly bounds: Bounds
  readonly plan: readonly PlannedCell[]
  /** By position in the plan. A cell that is neither here nor inapplicable was not finished. */
  readonly explored: ReadonlyMap<number, Explored>
  /** True if it was interrupted. */
  readonly partial: boolean
}

/**
 * The results. A cell that an interrupt cut short is absent, not inconclusive: what it would say depends on when the key was
 * pressed. The report shows it as not run.
 */
export function resultsOf(run: Run): Results {
  const finished = run.plan.flatMap((cell, at) => {
    const explored = run.explored.get(at) ?? null
    return cell.missing !== null || explored !== null ? [{ cell, explored }] : []
  })
  return {
    schema: SCHEMA_VERSION,
    lab: { version: LAB_VERSION, model: MODEL_VERSION },
    run: {
      strategy:
        'exhaustive: source-DPOR with sleep sets, by re-execution; random schedules where the budget ends',
      memoryModel: 'sequential consistency',
      seed: run.bounds.seed,
      budget: run.bounds.budget,
      partial: run.partial,
    },
    ...subjects(run.selection),
    cells: finished.map(({ cell, explored }) => explored?.result ?? inapplicable(cell)),
    verdicts: finished.flatMap(({ cell, explored }) => verdictsOf(cell, explored)),
    findings: finished.flatMap(({ explored }) => [...(explored?.findings ?? [])]),
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

function inapplicable({ design, revision, workload, map, target }: PlannedCell): CellResult {
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
