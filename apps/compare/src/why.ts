/** Why the steps of a finding come in their order: the happens-before chain through those that make it. */
import { chainThrough, type Edge } from '@bottom-half/exploration'
import type { ChainResult, StepResult } from '@bottom-half/report'
import { deadlockOf, lastChangeOf } from './deadlocked.ts'
import type { Trace } from './trace.ts'

const REASONS: Record<Exclude<Edge['cause'], 'conflict'>, string> = {
  'program order': 'program order',
  creates: 'that step starts it',
  'lets in': 'that step lets it in',
  returns: 'the handler is over first',
  'holds up': 'one of them holds up the other',
  rest: 'nothing else can move',
}

/** The chain through the steps that are marked as the race; in a deadlock, with what waits for ever at its end. */
export function chainOf({ machine, causes }: Trace, steps: readonly StepResult[]): ChainResult[] {
  const performed = steps.filter(({ note }) => note !== WAITS).length
  const wanted = steps.flatMap(({ n, race }) => (race && n < performed ? [n] : []))
  const waiters = performed < steps.length ? deadlockOf(machine).waiters : []
  const held = waiters.map(({ step }) => (step.cell === null ? -1 : lastChangeOf(machine, step.cell)))
  const chain = chainThrough(causes, wanted).map(({ step, after }) => ({
    n: step,
    after: after.map((edge) => ({ n: edge.from, why: reasonOf(edge) })),
  }))
  const waits = waiters.map(({ step }, i) => ({
    n: performed + i,
    after: held[i]! < 0 ? [] : [{ n: held[i]!, why: `waits for ${step.cell!.name}` }],
  }))
  return [...chain, ...waits]
}

/** The note of a step that is never taken. */
export const WAITS = 'waits for ever'

function reasonOf({ cause, word }: Edge): string {
  if (cause !== 'conflict') return REASONS[cause]
  return word === null ? 'conflict' : `conflict on ${word}`
}
