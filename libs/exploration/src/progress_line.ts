/** How far an exploration is, in one line. */
import type { Total } from './estimate.ts'

export interface ProgressFigures {
  /** Runs so far. */
  readonly executions: number
  readonly perSecond: number
  /** Steps of the present schedule. */
  readonly depth: number
  /** Seconds since the start. */
  readonly elapsed: number
  /** Of all runs; null where none is made. */
  readonly estimate: Total | null
}

/** `12,345 of about 40,000 ± 8,000 runs  98,000/s  depth 23  2 s, about 5 s left` */
export function progressLine({ executions, perSecond, depth, elapsed, estimate }: ProgressFigures): string {
  const known = estimate !== null && Number.isFinite(estimate.mean) ? estimate : null
  const runs = `${grouped(executions)}${known === null ? '' : ` of ${total(known)}`} runs`
  const left = known === null || perSecond <= 0 ? null : Math.max(0, known.mean - executions) / perSecond
  const time = left === null ? duration(elapsed) : `${duration(elapsed)}, about ${duration(left)} left`
  return [runs, `${grouped(rounded(perSecond, 2))}/s`, `depth ${grouped(depth)}`, time].join('  ')
}

function total({ mean, low, high }: Total): string {
  if (high === low) return grouped(mean)
  if (!Number.isFinite(high)) return `perhaps ${grouped(rounded(mean, 2))}`
  return `about ${grouped(rounded(mean, 2))} ± ${grouped(rounded(high - mean, 1))}`
}

/** To so many digits that count, and to a whole number. */
function rounded(value: number, digits: number): number {
  return Math.round(Number(value.toPrecision(digits)))
}

/** `1,234,567`; in powers of ten where nobody would count the digits. */
function grouped(value: number): string {
  if (value >= 1e15) return `10^${Math.round(Math.log10(value))}`
  return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, ',')
}

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const

/** The two largest units of a number of seconds: `5 s`, `3 min 20 s`, `2 h 5 min`. */
function duration(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole >= 1000 * UNITS[0][1]) return 'years'
  const at = UNITS.findIndex(([, size]) => whole >= size)
  if (at < 0) return '0 s'
  const [unit, size] = UNITS[at]!
  const first = `${Math.floor(whole / size)} ${unit}`
  const next = UNITS[at + 1]
  const rest = next === undefined ? 0 : Math.floor((whole % size) / next[1])
  return rest === 0 ? first : `${first} ${rest} ${next![0]}`
}
