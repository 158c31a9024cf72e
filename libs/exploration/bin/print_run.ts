/** A run as text. */
import { LEVEL_NAMES } from '@bottom-half/kernel-model'
import { type RecordedRun, toChromeTrace, toItf } from '../src/interchange/index.ts'
import type { Format } from './litmus_options.ts'

/** The run in the wanted format, with the end of the last line. */
export function printedRun(run: RecordedRun, format: Format): string {
  if (format === 'itf') return `${JSON.stringify(toItf(run), null, 1)}\n`
  if (format === 'chrome') return `${JSON.stringify(toChromeTrace(run), null, 1)}\n`
  const who = run.frames.map(({ name, cpu, level }) => `CPU${cpu} ${LEVEL_NAMES[level]} ${name}`)
  const width = Math.max(0, ...who.map((text) => text.length))
  const steps = run.steps.map((step, i) => {
    const { cell, before, after } = step
    const change = before === after ? `is ${after}` : `${before} -> ${after}`
    const what = cell === null ? step.op : `${step.op} ${cell}: ${change}`
    return `${String(i).padStart(4)}  ${who[step.frame]!.padEnd(width)}  ${what}\n`
  })
  const findings = run.findings.map(({ kind, title, step }) => `step ${step}: ${kind}: ${title}\n`)
  return [...steps, ...findings].join('')
}
