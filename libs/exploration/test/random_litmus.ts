/** Random litmus programs with interrupts, masks, locks, waits, choices and self-IPIs. */
import type { Litmus } from '../src/litmus/index.ts'

type Frame = Litmus['cpus'][number]['frames'][number]
type Op = Frame['ops'][number]
type Pick = (n: number) => number

const WORDS = ['x', 'y']

function plainOp(pick: Pick, into: string): Op {
  const word = WORDS[pick(2)]!
  switch (pick(9)) {
    case 0:
      return { op: 'fetch_add', word, value: 1, into }
    case 1:
      return { op: 'add', word, value: 1 }
    case 2:
      return { op: 'cmpxchg', word, old: 0, new: 3, into }
    case 3:
      return { op: 'mb' }
    case 4:
    case 5:
    case 6:
      return { op: 'write', word, value: 1 + pick(2) }
    default:
      return { op: 'read', word, into }
  }
}

/** A few operations that belong together. */
function group(pick: Pick, level: Frame['level'], into: string): Op[] {
  const inner = plainOp(pick, into)
  switch (pick(10)) {
    case 0:
      return [{ op: 'lock', lock: 'L' }, inner, { op: 'unlock', lock: 'L' }]
    case 1:
      return [{ op: 'irq_disable' }, inner, { op: 'irq_enable' }]
    case 2:
      return level === 'nmi' ? [inner] : [{ op: 'await', word: WORDS[pick(2)]!, equals: 1 }]
    case 3:
      return level === 'task' ? [{ op: 'raise', handler: 'ipi' }] : [inner]
    case 4:
      return pick(3) === 0 ? [{ op: 'choose', outcomes: 2, into }] : [inner]
    default:
      return [inner]
  }
}

function frame(pick: Pick, level: Frame['level'], most: number): Frame {
  const ops = Array.from({ length: 1 + pick(most) }, (_, i) => group(pick, level, `r${i}`)).flat()
  return { level, ops }
}

/** `pick(n)` gives a number below n. */
export function randomLitmus(pick: Pick): Litmus {
  const cpus = 1 + pick(2)
  const interrupts = pick(2) + (cpus === 1 ? 1 : 0)
  const frames: Frame[][] = Array.from({ length: cpus }, () => [frame(pick, 'task', 3)])
  for (let i = 0; i < interrupts; i++)
    frames[pick(cpus)]!.push(frame(pick, (['softirq', 'hardirq', 'nmi'] as const)[pick(3)]!, 2))
  return {
    name: 'random',
    init: { x: 0, y: 0 },
    locks: ['L'],
    handlers: { ipi: { level: 'hardirq', ops: [plainOp(pick, 'r')] } },
    cpus: frames.map((all) => ({ frames: all })),
  }
}
