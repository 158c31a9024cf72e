/** Makes a sketch that fails smaller, as long as it still fails. */
import { Level } from '@bottom-half/kernel-model'
import { bodiesOf, type FrameSketch, isWellFormed, type Op, type Sketch } from '../random/sketch.ts'

/** Operations by how plain they are: each may be replaced by a plainer one. */
const PLAINER: readonly Op['op'][] = ['read', 'write', 'add', 'cas', 'guarded', 'copy', 'either', 'branch']

/** What shrinking lowers: operations first, then frames, words and the like. Each candidate is less than what it was made from. */
function sizeOf(sketch: Sketch): number {
  const bodies = bodiesOf(sketch)
  const ops = bodies.flat()
  const rank = ops.reduce((sum, op) => sum + Math.max(0, PLAINER.indexOf(op.op)) + ('x' in op ? op.x : 0), 0)
  const second = ops.reduce((sum, op) => sum + ('y' in op ? op.y : 0), 0)
  const { cpus, words, frames, works = [], memory } = sketch
  const extent = frames.length + cpus + words + works.length + (memory === undefined ? 0 : 5)
  const places = frames.reduce((sum, { cpu, level }) => sum + cpu + level, 0)
  return ops.length * 10_000 + extent * 500 + (rank + second + places) * 1
}

/** The body without one operation, without two, with what is inside one in its place, or with a plainer one. */
function* smallerBodies(body: readonly Op[]): Iterable<Op[]> {
  for (const [i, op] of body.entries()) {
    const replaced = (...ops: Op[]): Op[] => [...body.slice(0, i), ...ops, ...body.slice(i + 1)]
    const rest = replaced()
    yield rest
    for (let j = i; j < rest.length; j++) yield rest.toSpliced(j, 1)
    if ('body' in op) {
      yield replaced(...op.body)
      for (const inner of smallerBodies(op.body)) yield replaced({ ...op, body: inner })
      if (op.op !== 'spawn' && op.level !== undefined && op.level > Level.Softirq)
        yield replaced({ ...op, level: (op.level - 1) as Level })
    }
    if ('x' in op && op.x > 0) yield replaced({ ...op, x: 0 })
    if ('y' in op && op.y > 0) yield replaced({ ...op, y: 0 })
    if ('work' in op && op.work > 0) yield replaced({ ...op, work: 0 })
    if ('y' in op)
      for (const name of PLAINER.slice(0, PLAINER.indexOf(op.op))) yield replaced({ ...op, op: name } as Op)
  }
}

function* smallerFrames(frame: FrameSketch): Iterable<FrameSketch> {
  for (const body of smallerBodies(frame.body)) yield { ...frame, body }
  if (frame.cpu > 0) yield { ...frame, cpu: frame.cpu - 1 }
  if (frame.level > Level.Task) yield { ...frame, level: (frame.level - 1) as Level }
}

/** CPUs that nothing runs on go; the others move down. */
function withoutIdleCpus(sketch: Sketch): Sketch {
  const used = [...new Set(sketch.frames.map(({ cpu }) => cpu))].sort((a, b) => a - b)
  const frames = sketch.frames.map((frame) => ({ ...frame, cpu: used.indexOf(frame.cpu) }))
  return { ...sketch, frames, cpus: used.length }
}

/** All that is numbered, words, locks, counts and objects, by its first number: where one of them is enough. */
function renumbered(sketch: Sketch): Sketch {
  const lowest = (body: readonly Op[]): Op[] =>
    body.map((op): Op => {
      const inner = 'body' in op ? { ...op, body: lowest(op.body) } : op
      return 'x' in inner && inner.op !== 'send' && inner.op !== 'queueOn' ? { ...inner, x: 0 } : inner
    })
  return { ...sketch, frames: sketch.frames.map((frame) => ({ ...frame, body: lowest(frame.body) })) }
}

function* candidates(sketch: Sketch): Iterable<Sketch> {
  const { frames, works, memory, ...rest } = sketch
  const kept = { ...(works === undefined ? {} : { works }), ...(memory === undefined ? {} : { memory }) }
  for (let i = 0; i < frames.length; i++) yield { ...sketch, frames: frames.toSpliced(i, 1) }
  yield withoutIdleCpus(sketch)
  if (memory !== undefined) yield { ...rest, frames, ...(works === undefined ? {} : { works }) }
  if (works !== undefined) {
    yield { ...rest, frames, ...(memory === undefined ? {} : { memory }) }
    if (works.length > 1) yield { ...sketch, works: works.slice(0, -1) }
    for (const [i, work] of works.entries())
      for (const body of smallerBodies(work)) yield { ...sketch, works: works.with(i, body) }
  }
  yield renumbered(sketch)
  if (sketch.words > 1) yield { ...sketch, words: sketch.words - 1 }
  for (const [i, frame] of frames.entries())
    for (const smaller of smallerFrames(frame)) yield { ...rest, frames: frames.with(i, smaller), ...kept }
}

/**
 * Goes down greedily: the result fails, and nothing that is one change smaller does.
 * @param fails is asked about well-formed sketches only
 */
export function shrink(sketch: Sketch, fails: (sketch: Sketch) => boolean): Sketch {
  let smallest = sketch
  for (let again = true; again;) {
    again = false
    for (const candidate of candidates(smallest)) {
      if (sizeOf(candidate) >= sizeOf(smallest) || !isWellFormed(candidate) || !fails(candidate)) continue
      smallest = candidate
      again = true
      break
    }
  }
  return smallest
}
