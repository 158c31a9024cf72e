/** What a frame is about to do, as far as that is not a step: wait, arrive at a wait, choose. */
import { AWAITS, entryOf, type Frame, Level, type Machine } from '@bottom-half/kernel-model'
import { ARRIVAL, CHOICE } from './event.ts'
import type { EventLog } from './event_log.ts'

const NONE: readonly number[] = []

/** The words that decide if a frame can do its next step, whether or not they let it now. */
export function awaitedBy({ weak }: Machine, frame: Frame): readonly number[] {
  const { cpu, level, state, next } = frame
  const words: number[] = []
  if (state === 'pending') for (const word of cpu.wordsFor(level)) words.push(word.id)
  else if (next === null) return NONE
  else {
    if (weak === null && next.ready === null && (level > 0 || cpu.tasks.length === 1)) return NONE
    if (next.ready !== null) for (const word of next.awaits) words.push(word.id)
    if (level === Level.Task && cpu.tasks.length > 1) words.push(cpu.preemption.id)
  }
  const late = (state === 'pending' ? weak?.newest(cpu) : weak?.awaited(frame)) ?? null
  if (late !== null && next?.relaxed !== true) words.push(late.id)
  return words
}

/** Those of the awaited words that keep the frame from its next step now. */
export function waitsFor(machine: Machine, frame: Frame): readonly number[] {
  const { cpu, level, state, next } = frame
  if (state !== 'pending' && (state !== 'active' || next === null)) return NONE
  if (state === 'pending') return awaitedBy(machine, frame)
  const words = next!.ready !== null && !next!.ready() ? next!.awaits.map(({ id }) => id) : []
  const late = machine.weak?.awaited(frame) ?? null
  if (late !== null && late.value && !next!.relaxed) words.push(late.id)
  if (level === Level.Task && cpu.tasks.length > 1 && !cpu.schedulable(frame)) words.push(cpu.preemption.id)
  return words
}

/** Is the move the time-out of a wait that nothing has ended? Then it is there only because nothing else can move. */
export function timesOut(machine: Machine, move: number): boolean {
  const step = machine.frames[move >> 4]!.next
  return step !== null && step.lastResort && step.ready !== null && !step.ready()
}

/** A handler that has come to a wait, or crashed, without an event that says so; -1 if there is none. */
export function arriving(log: EventLog, machine: Machine): number {
  for (let c = 0; c < machine.cpus.length; c++) {
    const { stack } = machine.cpus[c]!
    for (let i = 0; i < stack.length; i++) {
      const { state, next, index } = stack[i]!
      if (state !== 'crashed' && (next === null || next.ready === null)) continue
      if (log.events[log.frames[index]!.events.at(-1)!]!.outcome !== ARRIVAL) return index
    }
  }
  return -1
}

/** How the next step of a frame is to turn out, if that was chosen; else -1. */
export function chosenOf(log: EventLog, frame: number): number {
  const last = log.frames[frame]!.events.at(-1)
  const outcome = last === undefined ? 0 : log.events[last]!.outcome
  return outcome >= CHOICE ? outcome - CHOICE : -1
}

/** How many ways the next step of a frame can turn out, if that is still to be chosen; else 0. */
export function waysOf(log: EventLog, frame: Frame): number {
  const { next, index } = frame
  if (frame.state !== 'active' || next === null || next.outcomes === 1 || next.ready !== null) return 0
  return chosenOf(log, index) < 0 ? next.outcomes : 0
}

/** The entries of words that a frame waits for. */
export function awaiting(cells: readonly number[]): number[] {
  return cells.map((cell) => entryOf(cell, AWAITS))
}
