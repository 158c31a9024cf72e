/** Livelocks as findings: a schedule into a cycle, and once round it. */
import { byPlace, type Finding, type Frame, generic, placeOf } from '@bottom-half/kernel-model'
import type { StateFinding } from './explore_states.ts'
import { type Cycle, livelocks } from './livelock.ts'
import type { StateGraph } from './state_graph.ts'
import type { StateRun } from './state_run.ts'

/** One finding for each component of the graph that a fair scheduler need not leave. */
export function livelockFindings(graph: StateGraph, boot: () => StateRun): StateFinding[] {
  return livelocks(graph).map((cycle) => lasso(graph, cycle, boot()))
}

/** What the frame does next, in words. */
function deed(frame: Frame): string {
  const step = frame.next
  if (frame.state === 'pending' || step === null) return 'enters'
  return step.cell === null ? step.op : `${step.op} ${generic(step.cell.name)}`
}

function lasso(graph: StateGraph, cycle: Cycle, run: StateRun): StateFinding {
  const moves = graph.wayTo(cycle.state)
  run.replay(moves)
  const round: number[] = []
  const deeds = new Map<Frame, Set<string>>()
  for (const label of cycle.labels) {
    const move = run.moveOf(label, run.moves())
    const frame = run.machine.frames[move >> 4]!
    const done = deeds.get(frame) ?? new Set<string>()
    deeds.set(frame, done.add(deed(frame)))
    run.perform(move)
    round.push(move)
  }
  const parties = [...deeds]
    .toSorted(([a], [b]) => byPlace(a, b))
    .map(([frame, done]) => `${placeOf(frame)} goes round ${[...done].join(', ')}`)
  const steps = round.map((_, i) => moves.length + i)
  const finding: Finding = {
    kind: 'livelock',
    title: `livelock: ${parties.join('; ')}`,
    step: steps.at(-1)!,
    involved: steps,
    fatal: true,
  }
  return { finding, moves, cycle: round }
}
