/** What the frames of a schedule are called. */
import { type Frame, LEVEL_NAMES } from '@bottom-half/kernel-model'

export type FrameNames = ReadonlyMap<Frame, string>

/** `task waker`, `NMI perf`, `hardirq irq_work`: as short as the frames can be told apart. */
export function frameNames(frames: readonly Frame[]): FrameNames {
  const candidates = frames.map(candidatesFor)
  const nameFor = (mine: readonly string[]): string => {
    const at = mine.findIndex((name, n) => candidates.filter((other) => other[n] === name).length === 1)
    return mine.at(at)!
  }
  return new Map(frames.map((frame, n) => [frame, nameFor(candidates[n]!)]))
}

/** A frame that another one caused is named after it, `waker/irq_work#1`: what it does says most, who caused it least. */
function candidatesFor(frame: Frame): string[] {
  const level = LEVEL_NAMES[frame.level]
  const own = frame.name.split('/').at(-1)!
  const names = [own.replace(/#\d+$/, ''), own, frame.name]
  return names.map(
    (name) => `${level} ${name.endsWith(` ${level}`) ? name.slice(0, -level.length - 1) : name}`,
  )
}
