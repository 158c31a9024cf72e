/** A small program as plain data: it can be drawn, shrunk, and written as a line of JSON. */
import { Level, type MemoryModel } from '@bottom-half/kernel-model'

/** One member of the union for each name. */
type Each<Name extends string, Fields = unknown> = Name extends string ? { op: Name } & Fields : never

/** What kernel_ops.ts performs. `x` is one of two locks, heads, works or pointers. */
export type KernelOp =
  | Each<'rcuOn' | 'rcuOff' | 'traceOn' | 'traceOff' | 'syncRcu' | 'syncTrace'>
  | Each<'spinOn' | 'spinOff' | 'resOn' | 'resOff' | 'callRcu' | 'callTrace', { x: number }>
  | Each<'schedule' | 'flush' | 'cancel' | 'publish' | 'retire' | 'deref', { x: number }>

/** In place of the number of a CPU: that of the frame. */
export const HERE = -1

/** One operation of a body. `x`, `y`: numbers of words, locks, objects or counts. */
export type Op =
  | Each<'read' | 'write' | 'add' | 'cas' | 'copy' | 'guarded', { x: number; y: number }>
  | Each<'lock' | 'unlock' | 'timedLock' | 'timedUnlock' | 'await' | 'free' | 'use', { x: number }>
  | Each<'irqsOff' | 'irqsOn' | 'preemptOff' | 'preemptOn' | 'bhOff' | 'bhOn' | 'choose' | 'fence'>
  /** One step that decides by what it finds: reads word `y` if `x` is zero, else writes it. */
  | Each<'guardedAtOnce', { x: number; y: number }>
  /** What commutes: an addition that gives nothing, references taken and given back. */
  | Each<'atomicAdd' | 'get' | 'tryGet' | 'put', { x: number }>
  /** A choice that decides what is accessed: in the step itself, with two ways or three, or after it. */
  | Each<'either' | 'among' | 'sides' | 'branch', { x: number; y: number }>
  /** The kernel's own irq_work, on this CPU or on CPU `x`; waiting for it. */
  | Each<'queue' | 'sync', { work: number }>
  | { op: 'queueOn'; work: number; x: number }
  /** Pushes to a list, and takes all that is on it. */
  | { op: 'takeAll' }
  /** The kernel's own primitives that wait for others or make tasks: see kernel_ops.ts. */
  | KernelOp
  /** A self-IPI; hardirq if no level is given. */
  | { op: 'raise'; body: Op[]; level?: Level }
  /** A task on a CPU of its own. */
  | { op: 'spawn'; body: Op[] }
  /** A handler that comes to CPU `x`, which may be HERE, at any time from now on. */
  | { op: 'send'; body: Op[]; x: number; level: Level }

export interface FrameSketch {
  cpu: number
  level: Level
  body: Op[]
}

export interface Sketch {
  cpus: number
  words: number
  frames: FrameSketch[]
  /** The bodies of the works. */
  works?: Op[][]
  /** How many references each count begins with; absent: three. */
  references?: number
  /** Absent: sequential consistency. */
  memory?: MemoryModel
}

const CLOSES: Readonly<Record<string, string>> = {
  irqsOn: 'irqsOff',
  preemptOn: 'preemptOff',
  bhOn: 'bhOff',
  rcuOff: 'rcuOn',
  traceOff: 'traceOn',
  spinOff: 'spinOn',
  resOff: 'resOn',
}

/** All bodies of the sketch, those inside others too. */
export function bodiesOf(sketch: Sketch): Op[][] {
  const out = [...sketch.frames.map(({ body }) => body), ...(sketch.works ?? [])]
  // The list grows while it is iterated.
  for (const body of out) for (const op of body) if ('body' in op) out.push(op.body)
  return out
}

function closesWhatIsOpen(body: readonly Op[]): boolean {
  const open = new Map<string, number>()
  for (const { op } of body) {
    const opener = CLOSES[op]
    if (opener === undefined) open.set(op, (open.get(op) ?? 0) + 1)
    else if ((open.get(opener) ?? 0) === 0) return false
    else open.set(opener, open.get(opener)! - 1)
  }
  return true
}

/** Can it be booted and run at all? A lock that is never released is a program too; an end without its begin is none. */
export function isWellFormed(sketch: Sketch): boolean {
  const { cpus, words, frames, works = [] } = sketch
  return (
    frames.length > 0 &&
    frames.every(({ cpu }) => cpu < cpus) &&
    bodiesOf(sketch).every(
      (body) =>
        closesWhatIsOpen(body) &&
        body.every((op) => {
          if ('work' in op && op.work >= works.length) return false
          if ((op.op === 'send' || op.op === 'queueOn') && op.x >= cpus) return false
          if (op.op === 'await' || op.op === 'atomicAdd') return op.x < words
          return !('y' in op) || (op.x < words && op.y < words)
        }),
    ) &&
    // A work that queues itself might never end.
    works.every((body, i) => body.every((op) => !('work' in op) || op.work > i))
  )
}
