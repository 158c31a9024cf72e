/** Who waits for whom when nothing can move. */
import type { Finding } from './finding.ts'
import { byPlace, type Frame, placeOf } from './frame.ts'
import type { Machine } from './machine.ts'
import { generic } from './trace.ts'

/** A frame that has something to do, cannot do it, and is not merely waiting for work. */
function stuck(frame: Frame): boolean {
  return frame.state === 'active' && frame.next !== null && !frame.next.idle
}

/** The frame that must move before `frame` can: the handler above it, or the holder of what it waits for. Null too if it is over. */
function waitsFor(frame: Frame): Frame | null {
  if (frame.state === 'done') return null
  const stack = frame.cpu.stack
  const at = stack.indexOf(frame)
  const above = stack[at + 1]
  if (above !== undefined) return above
  return frame.next?.holder?.() ?? null
}

function cycleFrom(start: Frame): Frame[] {
  const path: Frame[] = []
  let frame: Frame | null = start
  while (frame !== null) {
    const again = path.indexOf(frame)
    if (again >= 0) return path.slice(again)
    path.push(frame)
    frame = waitsFor(frame)
  }
  return []
}

function edge(frame: Frame): string {
  const who = placeOf(frame)
  const top = frame.cpu.top()
  if (top !== null && top !== frame) return `${who} is interrupted`
  const step = frame.next!
  return `${who} waits for ${step.cell === null ? step.op : generic(step.cell.name)}`
}

/** A deadlock finding, or null if every frame is done or waits for work. */
export function describeDeadlock(machine: Machine): Finding | null {
  const waiting = machine.frames.filter(stuck).sort(byPlace)
  if (waiting.length === 0) return null
  let cycle: Frame[] = []
  for (const frame of waiting) {
    cycle = cycleFrom(frame)
    if (cycle.length > 0) break
  }
  // Begin at the same frame whichever one was met first.
  const at = cycle.indexOf(cycle.toSorted(byPlace)[0]!)
  const members = cycle.length === 0 ? waiting : [...cycle.slice(at), ...cycle.slice(0, at)]
  const cpus = new Set(members.map((f) => f.cpu.id))
  const kind = cycle.length > 0 && cpus.size === 1 ? 'self-deadlock' : 'deadlock'
  const what = cycle.length > 0 ? 'cycle' : 'no one will wake'
  const title = `${kind} (${what}): ${members.map(edge).join('; ')}`
  const last = machine.steps - 1
  return { kind, title, step: last, involved: [last], fatal: true }
}
