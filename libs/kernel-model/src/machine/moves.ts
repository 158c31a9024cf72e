/** Which moves are possible now. No loop over elements makes an object: this runs before each step of an exploration. */
import type { Cpu } from './cpu.ts'
import type { Frame } from './frame.ts'
import type { WeakMemory } from './memory_model.ts'

/** The moves, into the first elements of `out`, steps before entries; gives how many they are. */
export function movesNow(cpus: readonly Cpu[], out: number[], weak: WeakMemory | null): number {
  let count = 0
  let handlers = false
  for (let i = 0; i < cpus.length; i++) {
    const cpu = cpus[i]!
    if (cpu.pending.length === 0) count = stepsOf(cpu, out, count, weak)
    else {
      handlers = true
      if (!selfInterruptDue(cpu)) count = stepsOf(cpu, out, count, weak)
      else if (weak === null || weak.mayEnter(cpu)) count = selfInterrupts(cpu, out, count)
    }
  }
  return handlers ? entries(cpus, out, count, weak) : count
}

/** Has the CPU to take a self-IPI before it does anything else? */
function selfInterruptDue(cpu: Cpu): boolean {
  for (const frame of cpu.pending) if (frame.immediate && cpu.admits(frame.level)) return true
  return false
}

function selfInterrupts(cpu: Cpu, out: number[], count: number): number {
  let n = count
  for (const frame of cpu.pending) if (frame.immediate && cpu.admits(frame.level)) out[n++] = frame.index << 4
  return n
}

/** Entries that have a choice of when they come. */
function entries(cpus: readonly Cpu[], out: number[], count: number, weak: WeakMemory | null): number {
  let n = count
  for (const cpu of cpus) {
    if (weak !== null && !weak.mayEnter(cpu)) continue
    for (const frame of cpu.pending)
      if (!frame.immediate && cpu.admits(frame.level)) out[n++] = frame.index << 4
  }
  return n
}

/** Steps of what is on the CPU. */
function stepsOf(cpu: Cpu, out: number[], count: number, weak: WeakMemory | null): number {
  const top = cpu.top()
  if (top !== null) return stepOf(top, out, count, weak)
  const { tasks } = cpu
  let n = count
  for (let i = 0; i < tasks.length; i++)
    if (tasks.length === 1 || cpu.schedulable(tasks[i]!)) n = stepOf(tasks[i]!, out, n, weak)
  return n
}

function stepOf(frame: Frame, out: number[], count: number, weak: WeakMemory | null): number {
  const step = frame.next
  if (frame.state !== 'active' || step === null) return count
  if (step.ready !== null && !step.ready()) return count
  if (weak !== null && !weak.mayStep(frame)) return count
  let n = count
  for (let outcome = 0; outcome < step.outcomes; outcome++) out[n++] = (frame.index << 4) | outcome
  return n
}

/** Is a step of this frame among the moves? */
export function canStep(frame: Frame, weak: WeakMemory | null): boolean {
  const { cpu, next } = frame
  if (frame.state !== 'active' || next === null || (next.ready !== null && !next.ready())) return false
  if (weak !== null && !weak.mayStep(frame)) return false
  if (selfInterruptDue(cpu)) return false
  const top = cpu.top()
  return top === null ? cpu.tasks.length === 1 || cpu.schedulable(frame) : top === frame
}

/** Is the frame in a wait that ends by its timeout? To be asked when nothing else can move. */
export function timesOut(frame: Frame): boolean {
  const top = frame.cpu.top()
  return frame.state === 'active' && frame.next?.lastResort === true && (top === null || top === frame)
}
