/** Draws random programs of a family: about one thing each, and mostly so small that all schedules can be run. */
import { Level } from '@bottom-half/kernel-model'
import { groupOf, type Pick, type Place } from './groups.ts'
import { ALL_LEVELS, type Family, PLANS, weighted } from './plans.ts'
import type { FrameSketch, Op, Sketch } from './sketch.ts'

/** `pick(n)` gives a number below n. Always well formed; may be too large for brute force. */
export function randomSketch(pick: Pick, family: Family = 'mixed'): Sketch {
  const {
    shapes,
    items,
    inHandlers = items,
    handlers = [0, 0],
    words,
    works = 0,
    created,
    references,
    memory,
  } = PLANS[family]
  const shape = shapes[pick(shapes.length)]!.split(' ')
  const [least, more] = words ?? [1, 1]
  const fixed = {
    pick,
    words: least + pick(more + 1),
    cpus: shape.length,
    works,
    created: created === undefined ? [] : weighted(created),
  }
  const frames: FrameSketch[] = []
  const add = (cpu: number, level: Level, groups: number): void => {
    const from = weighted(level === Level.Task ? items : inHandlers)
    const place = { ...fixed, level }
    const body = Array.from({ length: groups }, () => groupOf(from[pick(from.length)]!, place)).flat()
    frames.push({ cpu, level, body })
  }
  for (const [cpu, tasks] of shape.entries()) for (const groups of tasks) add(cpu, Level.Task, Number(groups))
  const count = handlers[0] === 0 ? 0 : Math.max(pick(handlers[0] + 1), frames.length === 1 ? 1 : 0)
  for (let h = 0; h < count; h++)
    add(pick(shape.length), ALL_LEVELS[pick(ALL_LEVELS.length)]!, 1 + pick(handlers[1]))
  return {
    cpus: shape.length,
    words: fixed.words,
    frames,
    ...(works === 0 ? {} : { works: worksOf({ ...fixed, level: Level.Hardirq }) }),
    ...(references === undefined ? {} : { references: 1 + pick(references) }),
    ...(memory === undefined ? {} : { memory }),
  }
}

/** One operation each; the first may queue the last, and none queues itself. */
function worksOf(place: Place): Op[][] {
  return Array.from({ length: place.works }, (_, i): Op[] =>
    i === 0 && place.works > 1 && place.pick(4) === 0
      ? [{ op: 'queue', work: place.works - 1 }]
      : groupOf(place.pick(3) === 0 ? 'atomicAdd' : 'access', place),
  )
}
