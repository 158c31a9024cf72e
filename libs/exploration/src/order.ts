/**
 * The order in which the default schedule takes events. It must not change for an event when others, independent of it, are
 * added, and what an event makes possible must come after it. So an event has a *key*, a list of numbers that is compared like a
 * word: the rank of its frame, or, if it had to wait, the key and the position of the event that it waited for, and then its rank.
 */
import { type Frame, Level, type Machine } from '@bottom-half/kernel-model'
import type { Event } from './event.ts'
import type { EventLog } from './event_log.ts'
import { hashName } from './fingerprint.ts'
import { lastWrites } from './touch.ts'
import { awaitedBy } from './waits.ts'

export const MOST_CPUS = 2 ** 16

/**
 * CPUs in their order, those that were spawned last; on a CPU handlers before tasks, inner ones first; then the order of the boot,
 * or, for frames that were made on the way, of a hash of their names. `spawnedCpu`: the CPU was made on the way, with its task.
 */
export function rankOf(frame: Frame, dynamic: boolean, spawnedCpu: boolean): number {
  const { cpu, level } = frame
  const place = spawnedCpu ? MOST_CPUS * (1 + fraction(cpu.tasks[0]!.name)) : cpu.id
  const own = dynamic ? 0.5 + fraction(frame.name) / 2 : frame.index / 2 ** 17
  return place * 8 + (Level.Nmi - level) * 2 + own
}

function fraction(name: string): number {
  return (hashName(name) >>> 0) / 2 ** 32
}

/** The key of what the event makes possible in a frame of this rank. */
export function keyAfter({ key, ordinal }: Event, rank: number): number[] {
  return [...key, ordinal, rank]
}

/** Is the event at this position of a frame with key `a` before the one of a frame with key `b`? Neither is the other. */
export function isBefore(
  a: readonly number[],
  ordinalA: number,
  b: readonly number[],
  ordinalB: number,
): boolean {
  const length = Math.max(a.length, b.length) + 1
  for (let i = 0; i < length; i++) {
    const x = i < a.length ? a[i]! : i === a.length ? ordinalA : -1
    const y = i < b.length ? b[i]! : i === b.length ? ordinalB : -1
    if (x !== y) return x < y
  }
  return false
}

export function laterOf(a: readonly number[], b: readonly number[]): readonly number[] {
  return isBefore(a, 0, b, 0) ? b : a
}

/** Where the default schedule has what a frame does next. */
export function nextKey(log: EventLog, machine: Machine, frame: Frame): readonly number[] {
  const record = log.frames[frame.index]!
  let key = log.keyOf(record)
  const words = awaitedBy(machine, frame)
  for (let i = 0; i < words.length; i++) {
    for (const writer of lastWrites(log.touchesOf(words[i]!))) {
      const event = log.events[writer]!
      if (event.frame !== frame.index) key = laterOf(key, keyAfter(event, record.rank))
    }
  }
  return key
}
