/** What was measured, as Markdown tables laid out as prettier does. */
import type { Row } from './measured.ts'

/** A heading, which way its column is aligned, and what stands in a row. */
export interface Column<T> {
  readonly head: string
  readonly left?: boolean
  readonly cell: (row: T) => string
}

/** Times below this are mostly warming up: no rate is made of them. */
const SHORTEST = 0.1
const NOTHING = '–'

const inThousands = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 })

/** 369600 as 369,600. */
export function whole(value: number): string {
  return inThousands.format(value)
}

function rate(amount: number, seconds: number): string {
  return seconds < SHORTEST ? NOTHING : whole(amount / seconds)
}

const program: Column<Row> = {
  head: 'program',
  left: true,
  cell: ({ measuredCase }) => measuredCase.program.name,
}
/** Where a schedule was begun: more than the executions if some were given up before they were one. */
const boots: Column<Row> = { head: 'boots', cell: (row) => whole(row.boots) }
const time: readonly Column<Row>[] = [
  { head: 'seconds', cell: ({ seconds }) => seconds.toFixed(seconds < 1 ? 3 : 2) },
  { head: 'executions/s', cell: ({ outcome, seconds }) => rate(outcome.executions, seconds) },
  { head: 'steps/s', cell: ({ outcome, seconds }) => rate(outcome.steps, seconds) },
  { head: 'peak RSS, MB', cell: ({ peakMb }) => whole(peakMb) },
]

/** Of an exhaustive search. */
export const COUNTS: readonly Column<Row>[] = [
  program,
  { head: 'executions', cell: ({ outcome }) => whole(outcome.executions) },
  { head: 'blocked', cell: ({ outcome }) => whole(outcome.blocked) },
  { head: 'classes', cell: ({ outcome: { distinct } }) => (distinct === null ? NOTHING : whole(distinct)) },
  { head: 'expected', cell: ({ measuredCase }) => whole(measuredCase.expected) },
  { head: 'by', left: true, cell: ({ measuredCase }) => measuredCase.source },
  boots,
  ...time,
]

/** Of a search that merges states. */
export const STATES: readonly Column<Row>[] = [
  program,
  { head: 'states', cell: ({ outcome: { distinct } }) => (distinct === null ? NOTHING : whole(distinct)) },
  { head: 'expected', cell: ({ measuredCase }) => whole(measuredCase.expected) },
  { head: 'by', left: true, cell: ({ measuredCase }) => measuredCase.source },
  boots,
  { head: 'steps', cell: ({ outcome }) => whole(outcome.steps) },
  { head: 'seconds', cell: ({ seconds }) => seconds.toFixed(3) },
]

/** Of random schedules. */
export const RATES: readonly Column<Row>[] = [
  program,
  { head: 'strategy', left: true, cell: ({ measuredCase }) => measuredCase.mode.name },
  { head: 'schedules', cell: ({ outcome }) => whole(outcome.executions) },
  ...time,
]

/** Of a long search: its memory, part by part. */
export function memoryColumns(parts: number): Column<Row>[] {
  return [
    program,
    { head: 'times', cell: ({ measuredCase }) => whole(measuredCase.repeat) },
    {
      head: 'executions',
      cell: ({ measuredCase }) => whole(measuredCase.expected * measuredCase.repeat),
    },
    ...Array.from({ length: parts }, (_, part) => ({
      head: `${Math.round((100 * (part + 1)) / parts)}%`,
      cell: ({ mbByPart }: Row) => {
        const mb = mbByPart[part]
        return mb === undefined || mb === 0 ? NOTHING : whole(mb)
      },
    })),
    { head: 'peak RSS, MB', cell: ({ peakMb }) => whole(peakMb) },
  ]
}

/** The rows as a Markdown table; nothing if there are none. */
export function table<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  if (rows.length === 0) return ''
  const cells = rows.map((row) => columns.map(({ cell }) => cell(row)))
  const widths = columns.map(({ head }, c) => Math.max(3, head.length, ...cells.map((row) => row[c]!.length)))
  const line = (texts: readonly string[]): string =>
    `| ${texts.map((text, c) => (columns[c]!.left ? text.padEnd(widths[c]!) : text.padStart(widths[c]!))).join(' | ')} |`
  const rule = columns.map(({ left }, c) =>
    left ? '-'.repeat(widths[c]!) : `${'-'.repeat(widths[c]! - 1)}:`,
  )
  return [line(columns.map(({ head }) => head)), line(rule), ...cells.map(line)].join('\n')
}
