/** The cells of the comparison: which design meets which workload, and with what parameters. */
import {
  type Design,
  MAP_TYPES,
  type MapType,
  type Target,
  TARGETS,
  type Workload,
} from '@bottom-half/deferred-work'
import { WORKLOADS } from '@bottom-half/workloads'
import { DESIGNS, REVISION } from './designs.ts'

/** One exploration, by name: can be sent to a worker and written into a token. */
export interface Cell {
  readonly design: string
  readonly revision: string
  readonly workload: string
  readonly map: MapType
  readonly target: Target
}

/** A cell, and why it cannot be explored: the capability that the design lacks. */
export interface PlannedCell extends Cell {
  readonly missing: string | null
}

/** What the user chose to compare. */
export interface Selection {
  readonly designs: readonly Design[]
  readonly workloads: readonly Workload[]
  readonly maps: readonly MapType[]
}

/** All cells of a selection, those that do not apply included, in the order of the results. */
export function planOf({ designs, workloads, maps }: Selection): PlannedCell[] {
  return designs.flatMap((design) =>
    workloads.flatMap((workload) => {
      const missing = workload.needs?.(design.capabilities) ?? null
      const at = { design: design.id, revision: REVISION, workload: workload.id }
      return workload.maps
        .filter((map) => maps.includes(map))
        .flatMap((map) => workload.targets.map((target) => ({ ...at, map, target, missing })))
    }),
  )
}

/** The cell as one word without dots: `one-rival:as-posted:one-submit:hash:current`. */
export function nameOf({ design, revision, workload, map, target }: Cell): string {
  return [design, revision, workload, map, target].join(':')
}

/** What the names of a cell stand for. */
export interface Named {
  readonly cell: Cell
  readonly design: Design
  readonly workload: Workload
}

/** Looks the names of a cell up; gives in one sentence what there is none of, with what there is. */
export function lookUp(
  design: string,
  revision: string,
  workload: string,
  map: string,
  target: string,
): Named | string {
  const knownDesign = DESIGNS.find(({ id }) => id === design)
  if (knownDesign === undefined)
    return unknown(
      'design',
      design,
      DESIGNS.map(({ id }) => id),
    )
  const revisions = knownDesign.revisions.map(({ id }) => id)
  if (!revisions.includes(revision)) return unknown(`revision of ${design}`, revision, revisions)
  const knownWorkload = WORKLOADS.find(({ id }) => id === workload)
  if (knownWorkload === undefined)
    return unknown(
      'workload',
      workload,
      WORKLOADS.map(({ id }) => id),
    )
  const knownMap = MAP_TYPES.find((type) => type === map && knownWorkload.maps.includes(type))
  if (knownMap === undefined) return unknown(`map of ${workload}`, map, knownWorkload.maps)
  const knownTarget = TARGETS.find((each) => each === target && knownWorkload.targets.includes(each))
  if (knownTarget === undefined) return unknown(`target of ${workload}`, target, knownWorkload.targets)
  const cell = { design, revision, workload, map: knownMap, target: knownTarget }
  return { cell, design: knownDesign, workload: knownWorkload }
}

/** `there is no map "stack": expected array, hash or lru_hash` */
export function unknown(what: string, name: string, valid: readonly string[]): string {
  return `there is no ${what} "${name}": expected ${either(valid)}`
}

function either(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)!}`
}
