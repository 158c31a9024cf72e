/** A traced schedule as the steps of a finding. */
import { type Finding, type Frame, LEVEL_NAMES, type Machine, showCell } from '@bottom-half/kernel-model'
import type { StepResult } from '@bottom-half/report'
import { deadlockOf, lastChangeOf, type Waiter } from './deadlocked.ts'
import { type FrameNames, frameNames } from './frame_names.ts'
import { placeOf } from './place.ts'
import { switchRaces } from './switch_races.ts'
import type { Trace } from './trace.ts'
import { WAITS } from './why.ts'

const DEADLOCKS: ReadonlySet<string> = new Set(['deadlock', 'self-deadlock'])

/**
 * The steps up to the one that shows the finding; for a finding at rest, up to quiescence. A deadlock is shown by what is *not* done:
 * the steps that wait for ever come last, and with the steps that made them wait they are its race.
 */
export function stepsOf({ machine, finding, preemptions }: Trace): StepResult[] {
  if (!DEADLOCKS.has(finding.kind)) {
    const count = countOf(machine, finding)
    return performed(machine, count, raceOf(machine, finding, preemptions, count), [])
  }
  const { waiters, steps } = deadlockOf(machine)
  const race = waiters.flatMap(({ step }) => (step.cell === null ? [] : [lastChangeOf(machine, step.cell)]))
  return performed(machine, steps, new Set(race), waiters)
}

/** The steps that make the finding; where it names none, those that the preemptions brought into their order. */
function raceOf(
  machine: Machine,
  finding: Finding,
  preemptions: readonly number[],
  count: number,
): Set<number> {
  const involved = finding.involved.filter((n) => n < count)
  if (involved.length > 1) return new Set(involved)
  const inside = preemptions.filter((n) => n < count)
  return new Set([...involved, ...switchRaces(machine.log.slice(0, count), inside)])
}

/** What the lab does after quiescence to find out what is left is not part of the race, unless it is what went wrong. */
function countOf({ teardownAt }: Machine, { step, involved }: Finding): number {
  if (teardownAt < 0 || step < teardownAt) return step + 1
  return Math.max(teardownAt, ...involved.filter((n) => n < step).map((n) => n + 1))
}

function performed(
  machine: Machine,
  count: number,
  race: ReadonlySet<number>,
  waiters: readonly Waiter[],
): StepResult[] {
  const log = machine.log.slice(0, count)
  const frames = [...log.map(({ frame }) => machine.frames[frame]!), ...waiters.map(({ frame }) => frame)]
  const names = frameNames([...new Set(frames)])
  const steps = log.map(({ frame, op, cell, before, after, note, stack }, n) => ({
    n,
    ...who(machine.frames[frame]!, names),
    op,
    cell,
    before,
    after,
    note,
    ...placeOf(stack),
    race: race.has(n),
  }))
  return [...steps, ...waiters.map((waiter, n) => waitingStep(waiter, count + n, names))]
}

function who(frame: Frame, names: FrameNames): Pick<StepResult, 'cpu' | 'level' | 'frame'> {
  return { cpu: frame.cpu.id, level: LEVEL_NAMES[frame.level], frame: names.get(frame)! }
}

function waitingStep({ frame, step }: Waiter, n: number, names: FrameNames): StepResult {
  const value = step.cell === null ? null : showCell(step.cell)
  return {
    n,
    ...who(frame, names),
    op: step.op,
    cell: step.cell?.name ?? null,
    before: value,
    after: value,
    note: WAITS,
    ...placeOf(step.stack),
    race: true,
  }
}
