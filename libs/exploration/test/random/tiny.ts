/** All programs of a few frames with one operation each, on one word: what no chance has to find. */
import { Level } from '@bottom-half/kernel-model'
import type { FrameSketch, Op, Sketch } from './sketch.ts'

const OPS: readonly Op[] = [
  { op: 'read', x: 0, y: 0 },
  { op: 'write', x: 0, y: 0 },
  { op: 'cas', x: 0, y: 0 },
  { op: 'guarded', x: 0, y: 0 },
  { op: 'await', x: 0 },
  { op: 'lock', x: 0 },
  { op: 'timedLock', x: 0 },
  { op: 'put', x: 0 },
  { op: 'choose' },
  { op: 'raise', body: [{ op: 'write', x: 0, y: 1 }] },
]

const PLACES: readonly Omit<FrameSketch, 'body'>[] = [
  { cpu: 0, level: Level.Task },
  { cpu: 0, level: Level.Softirq },
  { cpu: 0, level: Level.Nmi },
  { cpu: 1, level: Level.Task },
]

const FRAMES: readonly FrameSketch[] = PLACES.flatMap((place) => OPS.map((op) => ({ ...place, body: [op] })))

/** Each choice of so many of these frames, in one order; a frame may come more than once. */
export function* tinySketches(frames: number): Iterable<Sketch> {
  for (const chosen of choices(frames, 0))
    if (chosen.some(({ cpu }) => cpu === 0)) yield { cpus: 2, words: 1, frames: chosen }
}

function* choices(count: number, from: number): Iterable<FrameSketch[]> {
  if (count === 0) yield []
  else
    for (let i = from; i < FRAMES.length; i++)
      for (const rest of choices(count - 1, i)) yield [FRAMES[i]!, ...rest]
}
