/**
 * A run in the Informal Trace Format of Apalache (ADR-015, https://apalache-mc.org/docs/adr/015adr-trace.html): one state per
 * step, each with the value of every variable; the first one is the state before the first step.
 *
 * Variables: the words that the run touches by a step of its own; `step`, a record of who did what; `steps`, their number.
 */
import { LEVEL_NAMES } from '@bottom-half/kernel-model'
import type { RecordedRun, RecordedStep } from './recorded_run.ts'

/** An expression of the format. */
export type ItfValue =
  | boolean
  | number
  | string
  | { readonly '#bigint': string }
  | readonly ItfValue[]
  | { readonly [field: string]: ItfValue }

export interface ItfState {
  readonly '#meta': { readonly index: number }
  readonly [variable: string]: ItfValue
}

export interface ItfTrace {
  readonly '#meta': Readonly<Record<string, ItfValue>>
  readonly params: readonly string[]
  readonly vars: readonly string[]
  readonly states: readonly ItfState[]
}

type Read = (text: string) => ItfValue

/** A word of the run: its texts over time are made values of one type. */
interface Variable {
  readonly name: string
  readonly first: string
  readonly read: Read
}

const WHOLE = /^-?\d+$/

function readerOf(texts: readonly string[]): Read {
  if (texts.every((text) => WHOLE.test(text))) return integer
  if (texts.every((text) => text === 'true' || text === 'false')) return (text) => text === 'true'
  return (text) => text
}

/** The format has plain numbers for what every JSON reader gets right, and strings for the rest. */
function integer(text: string): ItfValue {
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : { '#bigint': text }
}

/** The words in the order in which the run touches them. Two words of one name get their numbers. */
function variablesOf(steps: readonly RecordedStep[]): Map<number, Variable> {
  const byWord = new Map<number, RecordedStep[]>()
  for (const step of steps) {
    if (step.word < 0 || step.before === null) continue
    const list = byWord.get(step.word)
    if (list === undefined) byWord.set(step.word, [step])
    else list.push(step)
  }
  const names = [...byWord.values()].map(([first]) => first!.cell!)
  return new Map(
    [...byWord].map(([word, list]) => {
      const name = list[0]!.cell!
      const twice = RESERVED.has(name) || names.filter((other) => other === name).length > 1
      const texts = list.flatMap(({ before, after }) => [before!, after!])
      return [
        word,
        { name: twice ? `${name} (word ${word})` : name, first: list[0]!.before!, read: readerOf(texts) },
      ]
    }),
  )
}

const RESERVED = new Set(['step', 'steps'])

function recordOf(run: RecordedRun, step: RecordedStep | null): ItfValue {
  if (step === null) return { frame: '', cpu: -1, level: '', op: 'boot', word: '', note: '' }
  const { name, cpu, level } = run.frames[step.frame]!
  return {
    frame: name,
    cpu,
    level: LEVEL_NAMES[level],
    op: step.op,
    word: step.cell ?? '',
    note: step.note ?? '',
  }
}

/** A run as an ITF trace. */
export function toItf(run: RecordedRun): ItfTrace {
  const variables = variablesOf(run.steps)
  const values = new Map([...variables.values()].map(({ name, first, read }) => [name, read(first)]))
  const stateAfter = (step: RecordedStep | null, index: number): ItfState => {
    const variable = step === null ? undefined : variables.get(step.word)
    if (variable !== undefined) values.set(variable.name, variable.read(step!.after!))
    return {
      '#meta': { index },
      ...Object.fromEntries(values),
      step: recordOf(run, step),
      steps: index,
    }
  }
  return {
    '#meta': {
      format: 'ITF',
      'format-description': 'https://apalache-mc.org/docs/adr/015adr-trace.html',
      description: `a schedule of ${run.program}, by Bottom Half`,
      findings: run.findings.map(({ kind, title }) => `${kind}: ${title}`),
    },
    params: [],
    vars: [...values.keys(), 'step', 'steps'],
    states: [stateAfter(null, 0), ...run.steps.map((step, i) => stateAfter(step, i + 1))],
  }
}
