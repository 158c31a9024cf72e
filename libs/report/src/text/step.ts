/** One step of a trace in plain text. */
import { isEntry } from '../lanes.ts'
import type { StepResult } from '../results.ts'
import { chainAfter, shortPath } from '../wording.ts'
import { wrap } from './wrap.ts'

/** What all steps of a trace share: mostly widths. */
export interface Columns {
  /** Its files need no folder: the finding is about it. */
  readonly design: string
  readonly number: number
  readonly cpu: number
  readonly frame: number
  /** What is left for the operation and its place. */
  readonly body: number
}

function values({ before, after }: StepResult): string {
  if (before === null && after === null) return ''
  if (before === null || after === null || before === after) return `: ${after ?? before ?? ''}`
  return `: ${before} -> ${after}`
}

/** `cmpxchg ctx.state: PENDING -> FREED` */
function operation(step: StepResult): string {
  return `${step.op}${step.cell === null ? '' : ` ${step.cell}`}${values(step)}`
}

/** `cancel.ts:31` of the design, `linux/llist.ts:33` of the model, or nothing. */
function place({ file, line }: StepResult, { design }: Columns): string {
  if (file === null) return ''
  const path = shortPath(file)
  const short = path.startsWith(`${design}/`) ? path.slice(design.length + 1) : path
  return line === null ? short : `${short}:${line}`
}

/** Operation at the left, place at the right end of the line, or of a line of its own. */
function body(step: StepResult, columns: Columns): string[] {
  const width = columns.body
  const lines = wrap(operation(step), width)
  const where = place(step, columns)
  if (where !== '') {
    const last = lines.at(-1)!
    const gap = width - last.length - where.length
    if (gap >= 2) lines[lines.length - 1] = last + ' '.repeat(gap) + where
    else lines.push(...wrap(where, width).map((line) => line.padStart(width)))
  }
  if (step.note !== null) lines.push(...wrap(`(${step.note})`, width))
  return lines
}

/** `in ... > bpf_task_work_schedule > irq_work_queue`: from where it parts from the functions of the step above. */
function chain(functions: readonly string[], above: readonly string[], width: number): string[] {
  if (functions.length === 0) return []
  const { shared, own } = chainAfter(functions, above)
  return wrap(`in ${shared ? '... > ' : ''}${own.join(' > ')}`, width)
}

/** The lines of a step; `previous` is the step above it, whose function chain is not repeated. */
export function stepLines(step: StepResult, previous: StepResult | undefined, columns: Columns): string[] {
  const samePlace =
    previous !== undefined && previous.frame === step.frame && previous.cpu === step.cpu && !isEntry(previous)
  const sameChain = samePlace && previous.functions.join() === step.functions.join()
  const left = `${step.race ? '*' : ' '} ${String(step.n).padStart(columns.number)}  ${`CPU${step.cpu}`.padEnd(columns.cpu)}  `
  const frames = wrap(step.frame, columns.frame)
  const bodies = body(step, columns)
  const rows = Math.max(frames.length, bodies.length)
  const lines = Array.from({ length: rows }, (_, row) => {
    const start = row === 0 ? left : ' '.repeat(left.length)
    return `${start}${(frames[row] ?? '').padEnd(columns.frame)}  ${bodies[row] ?? ''}`.trimEnd()
  })
  const indent = ' '.repeat(left.length + columns.frame + 2)
  const above = sameChain
    ? []
    : chain(step.functions, samePlace ? previous.functions : [], columns.body).map((line) => indent + line)
  return [...above, ...lines]
}
