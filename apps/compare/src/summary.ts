/** What the user reads when the run is over. */
import {
  type FindingResult,
  type Results,
  type Score,
  scores,
  type Standing,
  SYMBOLS,
  type VerdictResult,
  worst,
} from '@bottom-half/report'
import { grouped, wrapped } from './terminal.ts'

const WIDTH = 100

/** Sets off a text, where the output has colours. */
export type Paint = (style: 'bold' | 'red' | 'green' | 'yellow' | 'dim', text: string) => string

const STYLES: Readonly<Record<Standing, 'red' | 'green' | 'yellow' | 'dim'>> = {
  violated: 'red',
  holds: 'green',
  inconclusive: 'yellow',
  'not applicable': 'dim',
  'not run': 'dim',
}

/** The table of verdicts and the worst finding of each design; at most 100 columns. */
export function summary(results: Results, paint: Paint): string {
  return [...table(results, paint), '', ...legend(results), '', ...worstFindings(results, paint)].join('\n')
}

/** Designs across, workloads down: the worst verdict, how many properties have it, and the schedules covered. */
function table(results: Results, paint: Paint): string[] {
  const first = Math.max(...results.workloads.map(({ id }) => id.length))
  const width = Math.max(20, ...results.designs.map(({ id }) => id.length))
  const header = ['workload'.padEnd(first), ...results.designs.map(({ id }) => id.padEnd(width))]
    .join('  ')
    .trimEnd()
  const rows = results.workloads.map(({ id }) => {
    const cells = results.designs.map((design) => tableCell(results, design.id, id, width, paint))
    return `${id.padEnd(first)}  ${cells.join('  ')}`.trimEnd()
  })
  return [paint('bold', header), ...rows]
}

function tableCell(results: Results, design: string, workload: string, width: number, paint: Paint): string {
  const here = (each: { readonly design: string; readonly workload: string }): boolean =>
    each.design === design && each.workload === workload
  const verdicts = results.verdicts.filter(here)
  const standing = worst(verdicts.map(({ verdict }) => verdict))
  const schedules = results.cells.filter(here).reduce((sum, cell) => sum + cell.schedules, 0)
  const right = schedules === 0 ? '' : grouped(schedules)
  const left = `${SYMBOLS[standing]} ${count(standing, verdicts)}`
  return paint(STYLES[standing], left) + right.padStart(width - left.length)
}

function count(standing: Standing, verdicts: readonly VerdictResult[]): string {
  if (standing !== 'violated' && standing !== 'inconclusive') return standing
  const matching = verdicts.filter(({ verdict }) => verdict === standing)
  return `${new Set(matching.map(({ property }) => property)).size} ${standing}`
}

function legend({ cells, findings, properties }: Results): string[] {
  const sum = (key: 'schedules' | 'executions'): string =>
    grouped(cells.reduce((total, cell) => total + cell[key], 0))
  const text =
    `Each cell: how many of ${properties.length} properties, over all map types and targets; then the schedules covered, ` +
    `one of each class. In all ${cells.length} explorations, ${sum('executions')} runs, ` +
    `${sum('schedules')} classes, ${findings.length} findings.`
  return wrapped(text, WIDTH)
}

function worstFindings(results: Results, paint: Paint): string[] {
  return scores(results).flatMap((score) => {
    const head = `${paint('bold', score.design)}: ${tally(score)}`
    return [head, ...(score.worst === null ? [] : worstFinding(score.worst)), '']
  })
}

/** `13 properties hold, 2 violated; 3 defects`: only what there is. */
function tally({ properties, defects }: Score): string {
  const parts = (['holds', 'violated', 'inconclusive', 'not run'] as const).flatMap((standing) => {
    const number = properties[standing]
    if (number === 0) return []
    return standing === 'holds' ? `${number} properties hold` : `${number} ${standing}`
  })
  const found = defects === 0 ? '' : `; ${defects} ${defects === 1 ? 'defect' : 'defects'}`
  return `${parts.join(', ')}${found}`
}

function worstFinding({ title, workload, map, target, token }: FindingResult): string[] {
  const text = `worst: ${title} (${workload}, ${map} map, target ${target})`
  return [...wrapped(text, WIDTH - 2).map((line) => `  ${line}`), `  --replay ${token}`]
}
