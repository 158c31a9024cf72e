/**
 * Draws which frame moves next so that each way to interleave what is left is equally likely, if nothing waits or is masked.
 *
 * CPUs are drawn by the number of events that are left on them. Within a CPU, a handler that may come in has one place among the
 * events of lower levels that are left, n of them: it comes in now with probability 1 / (n + 1). Without other levels that is
 * what makes each place equally likely; with them, the highest level is decided first, since its place is one among all the others'
 * events, wherever these are.
 */
import { type Frame, Level, type Machine } from '@bottom-half/kernel-model'
import type { Chance } from './chance.ts'
import type { Remaining } from './remaining.ts'

/**
 * @param moves at least one
 * @returns the index of a frame that can move
 */
export function drawFrame(
  machine: Machine,
  moves: readonly number[],
  remaining: Remaining,
  chance: Chance,
): number {
  let total = 0
  let last = -1
  for (let i = 0; i < moves.length; i++) {
    const cpu = remaining.cpuOf(moves[i]! >> 4)
    if (cpu <= last) return drawAmongStacks(machine, moves, remaining, chance)
    last = cpu
    total += remaining.weightOfCpu(cpu)
  }
  // The common case: one move for each CPU.
  let left = chance.below(total)
  for (let i = 0; ; i++) {
    const frame = moves[i]! >> 4
    left -= remaining.weightOfCpu(remaining.cpuOf(frame))
    if (left < 0) return frame
  }
}

function drawAmongStacks(
  machine: Machine,
  moves: readonly number[],
  remaining: Remaining,
  chance: Chance,
): number {
  let total = 0
  for (let i = 0; i < moves.length; i++)
    if (isFirstOfCpu(machine, moves, i)) total += remaining.weightOfCpu(frameOf(machine, moves, i).cpu.id)
  let left = chance.below(total)
  for (let i = 0; ; i++) {
    if (!isFirstOfCpu(machine, moves, i)) continue
    const { id } = frameOf(machine, moves, i).cpu
    left -= remaining.weightOfCpu(id)
    if (left < 0) return drawOnCpu(machine, moves, id, remaining, chance).index
  }
}

function frameOf(machine: Machine, moves: readonly number[], i: number): Frame {
  return machine.frames[moves[i]! >> 4]!
}

function isFirstOfCpu(machine: Machine, moves: readonly number[], i: number): boolean {
  const { cpu } = frameOf(machine, moves, i)
  for (let j = 0; j < i; j++) if (frameOf(machine, moves, j).cpu === cpu) return false
  return true
}

function drawOnCpu(
  machine: Machine,
  moves: readonly number[],
  cpu: number,
  remaining: Remaining,
  chance: Chance,
): Frame {
  const { pending } = machine.cpus[cpu]!
  let below = remaining.ofCpu(cpu)
  for (let level: number = Level.Nmi; level > Level.Task && pending.length > 0; level--) {
    let entries = 0
    for (let p = 0; p < pending.length; p++) {
      if (pending[p]!.level !== level) continue
      below -= remaining.of(pending[p]!.index)
      if (mayEnter(moves, pending[p]!)) entries++
    }
    if (entries === 0) continue
    const others = othersMove(machine, moves, cpu, level) ? Math.max(1, below) : 0
    let nth = chance.below(entries + others)
    if (nth >= entries) continue
    for (let p = 0; ; p++)
      if (pending[p]!.level === level && mayEnter(moves, pending[p]!) && nth-- === 0) return pending[p]!
  }
  return drawStep(machine, moves, cpu, remaining, chance)
}

/** Is the entry of the handler among the moves, and is it its choice? */
function mayEnter(moves: readonly number[], handler: Frame): boolean {
  return !handler.immediate && moves.includes(handler.index << 4)
}

/** Can anything on the CPU move but the entries of handlers of this level and above? */
function othersMove(machine: Machine, moves: readonly number[], cpu: number, level: number): boolean {
  for (let i = 0; i < moves.length; i++) {
    const frame = frameOf(machine, moves, i)
    if (frame.cpu.id === cpu && (frame.level < level || frame.state === 'active' || frame.immediate))
      return true
  }
  return false
}

/** One of the frames that have a step, tasks that share the CPU by what is left of them; or a self-IPI that has to be taken. */
function drawStep(
  machine: Machine,
  moves: readonly number[],
  cpu: number,
  remaining: Remaining,
  chance: Chance,
): Frame {
  let total = 0
  for (let i = 0, last = -1; i < moves.length; i++) {
    const frame = frameOf(machine, moves, i)
    if (!isStep(frame, cpu) || frame.index === last) continue
    last = frame.index
    total += remaining.weightOf(last)
  }
  let left = chance.below(total)
  for (let i = 0, last = -1; ; i++) {
    const frame = frameOf(machine, moves, i)
    if (!isStep(frame, cpu) || frame.index === last) continue
    last = frame.index
    left -= remaining.weightOf(last)
    if (left < 0) return frame
  }
}

function isStep(frame: Frame, cpu: number): boolean {
  return frame.cpu.id === cpu && (frame.state === 'active' || frame.immediate)
}
