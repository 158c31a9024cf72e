/**
 * A run in the Trace Event Format of Chrome (Nat Duca, Dean Sinclair, "Trace Event Format", the document that
 * chrome://tracing links; https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU), which opens in
 * https://ui.perfetto.dev.
 *
 * One process per CPU, one thread per frame. A frame is a slice from its first to its last step; each step is an instant in it.
 * Arrows (flow events) go from the step that created a frame to its entry, and from the store that ended a wait to the wait.
 * The time is the number of the step: one step is one microsecond, which means nothing.
 */
import { LEVEL_NAMES } from '@bottom-half/kernel-model'
import type { RecordedFrame, RecordedRun, RecordedStep } from './recorded_run.ts'

type Arguments = Readonly<Record<string, string | number | boolean | null>>

interface Placed {
  readonly name: string
  readonly pid: number
  readonly tid: number
  /** Microseconds. */
  readonly ts: number
}

/** An event, by its phase. */
export type ChromeEvent =
  | {
      readonly ph: 'M'
      readonly name: string
      readonly pid: number
      readonly tid?: number
      readonly args: Arguments
    }
  | (Placed & { readonly ph: 'B'; readonly cat: string; readonly args: Arguments })
  | (Placed & { readonly ph: 'E' })
  | (Placed & {
      readonly ph: 'i'
      readonly cat: string
      readonly s: 'g' | 'p' | 't'
      readonly args: Arguments
    })
  | (Placed & { readonly ph: 's'; readonly cat: string; readonly id: number })
  | (Placed & { readonly ph: 'f'; readonly cat: string; readonly id: number; readonly bp: 'e' })

export interface ChromeTrace {
  readonly traceEvents: readonly ChromeEvent[]
  readonly displayTimeUnit: 'ms' | 'ns'
  readonly otherData: Readonly<Record<string, string>>
}

/** The number of a frame's thread: unique over all CPUs, and never 0, which viewers hide. */
const threadOf = (frame: number): number => frame + 1

function names(frames: readonly RecordedFrame[]): ChromeEvent[] {
  const cpus = [...new Set(frames.map(({ cpu }) => cpu))].sort((a, b) => a - b)
  const processes = cpus.map((cpu): ChromeEvent => ({
    ph: 'M',
    name: 'process_name',
    pid: cpu,
    args: { name: `CPU${cpu}` },
  }))
  const threads = frames.flatMap(({ index, name, cpu, level }): ChromeEvent[] => [
    {
      ph: 'M',
      name: 'thread_name',
      pid: cpu,
      tid: threadOf(index),
      args: { name: `${name} (${LEVEL_NAMES[level]})` },
    },
    // Tasks on top, what interrupts them below.
    { ph: 'M', name: 'thread_sort_index', pid: cpu, tid: threadOf(index), args: { sort_index: level } },
  ])
  return [...processes, ...threads]
}

/** The slice of a frame; a frame without a step has none. */
function slice({ name, cpu, index, level, steps, state }: RecordedFrame): ChromeEvent[] {
  const [first, last] = [steps[0], steps.at(-1)]
  if (first === undefined || last === undefined) return []
  const place = { name, pid: cpu, tid: threadOf(index) }
  return [
    { ...place, ph: 'B', ts: first, cat: LEVEL_NAMES[level], args: { state } },
    { ...place, ph: 'E', ts: last + 1 },
  ]
}

function instant(run: RecordedRun, step: RecordedStep, ts: number): ChromeEvent {
  const { cpu, index, level } = run.frames[step.frame]!
  const { cell, before, after, note } = step
  return {
    ph: 'i',
    name: cell === null ? step.op : `${step.op} ${cell}`,
    pid: cpu,
    tid: threadOf(index),
    ts,
    cat: LEVEL_NAMES[level],
    s: 't',
    args: { step: ts, word: cell, before, after, note },
  }
}

/** An arrow between two steps. */
function arrow(run: RecordedRun, from: number, to: number, id: number, name: string): ChromeEvent[] {
  const end = (step: number) => {
    const { frame } = run.steps[step]!
    return { name, cat: 'enables', id, pid: run.frames[frame]!.cpu, tid: threadOf(frame), ts: step }
  }
  return [
    { ...end(from), ph: 's' },
    { ...end(to), ph: 'f', bp: 'e' },
  ]
}

function arrows(run: RecordedRun): ChromeEvent[] {
  const pairs: [from: number, to: number, name: string][] = []
  for (const { creator, steps } of run.frames)
    if (creator >= 0 && steps[0] !== undefined) pairs.push([creator, steps[0], 'creates'])
  for (const [to, { enabledBy }] of run.steps.entries())
    if (enabledBy >= 0) pairs.push([enabledBy, to, 'ends the wait'])
  return pairs.flatMap(([from, to, name], i) => arrow(run, from, to, i + 1, name))
}

/** What went wrong, across all tracks at the step that showed it. */
function marks(run: RecordedRun): ChromeEvent[] {
  return run.findings.map(({ kind, title, step }) => {
    const at = Math.max(0, Math.min(step, run.steps.length - 1))
    const frame = run.steps[at]?.frame ?? 0
    const place = { pid: run.frames[frame]?.cpu ?? 0, tid: threadOf(frame), ts: at }
    return { ph: 'i', name: `${kind}: ${title}`, ...place, cat: 'finding', s: 'g', args: { kind, title } }
  })
}

/** A run as a Chrome trace; events in the order of time. */
export function toChromeTrace(run: RecordedRun): ChromeTrace {
  const timed = [
    ...run.frames.flatMap(slice),
    ...run.steps.map((step, i) => instant(run, step, i)),
    ...arrows(run),
    ...marks(run),
  ]
  const time = (event: ChromeEvent): number => ('ts' in event ? event.ts : 0)
  return {
    traceEvents: [...names(run.frames), ...timed.sort((a, b) => time(a) - time(b))],
    displayTimeUnit: 'ns',
    otherData: { program: run.program, time: 'one step is one microsecond' },
  }
}
