/** Interrupts as frames: what a task and its own CPU's handlers can do to each other, with what is to be expected of each. */
import type { LitmusVerdict } from '../explore_litmus.ts'
import type { Litmus, Operation } from '../schema.ts'
import { cpu, frame, lock, mask, read, unlock, write } from './build.ts'

/** A program, its verdict, and whether its `exists` is observed (null: it has none), the same under each memory model. */
export interface Interrupted {
  readonly litmus: Litmus
  readonly verdict: LitmusVerdict
  readonly observed: boolean | null
  /** The kinds of its findings. */
  readonly findings: readonly string[]
}

const increment: readonly Operation[] = [read('x', 'r'), write('x', 'r + 1')]
const irqsOff = (...ops: readonly Operation[]): Operation[] => [
  mask('irq_disable'),
  ...ops,
  mask('irq_enable'),
]
const bhOff = (...ops: readonly Operation[]): Operation[] => [mask('bh_disable'), ...ops, mask('bh_enable')]
const critical: readonly Operation[] = [lock('L'), ...increment, unlock('L')]

/** Task and handler both increment x in two steps: is an increment lost? */
const lost = (
  name: string,
  level: 'softirq' | 'hardirq' | 'nmi',
  task: Operation[],
  observed: boolean,
): Interrupted => ({
  litmus: {
    name,
    init: { x: 0 },
    cpus: [cpu(frame('task', ...task), frame(level, ...increment))],
    final: { exists: 'x == 1' },
  },
  verdict: 'holds',
  observed,
  findings: [],
})

/** Both take one lock. */
const locked = (
  name: string,
  level: 'softirq' | 'hardirq' | 'nmi',
  task: Operation[],
  findings: readonly string[],
): Interrupted => ({
  litmus: {
    name,
    init: { x: 0 },
    locks: ['L'],
    cpus: [cpu(frame('task', ...task), frame(level, ...critical))],
    final: { forall: 'x == 2' },
  },
  verdict: findings.length > 0 ? 'violated' : 'holds',
  observed: null,
  findings,
})

const raised = (name: string, ops: Operation[], forall: string): Interrupted => ({
  litmus: {
    name,
    init: { x: 0 },
    handlers: { ipi: { level: 'hardirq', ops: [write('x', 1)] } },
    cpus: [cpu(frame('task', ...ops))],
    final: { forall },
  },
  verdict: 'holds',
  observed: null,
  findings: [],
})

const raise: Operation = { op: 'raise', handler: 'ipi' }

export const INTERRUPTS: readonly Interrupted[] = [
  lost('increment+softirq', 'softirq', [...increment], true),
  lost('increment-bh-off+softirq', 'softirq', bhOff(...increment), false),
  lost('increment+hardirq', 'hardirq', [...increment], true),
  lost('increment-irqs-off+hardirq', 'hardirq', irqsOff(...increment), false),
  lost('increment-bh-off+hardirq', 'hardirq', bhOff(...increment), true),
  lost('increment-irqs-off+nmi', 'nmi', irqsOff(...increment), true),
  locked('lock+hardirq', 'hardirq', [...critical], ['context-violation', 'self-deadlock']),
  locked('lock-irqs-off+hardirq', 'hardirq', irqsOff(...critical), []),
  locked('lock-bh-off+softirq', 'softirq', bhOff(...critical), []),
  locked('lock-irqs-off+nmi', 'nmi', irqsOff(...critical), ['context-violation', 'self-deadlock']),
  raised('raise', [raise, read('x', 'r')], 'P0:r == 1'),
  raised(
    'raise-irqs-off',
    [...irqsOff(raise, read('x', 'r')), read('x', 'after')],
    'P0:r == 0 && P0:after == 1',
  ),
  {
    // The entry of an interrupt drains the store buffer, and it is the same CPU anyway: no model allows it.
    litmus: {
      name: 'SB+hardirq',
      init: { x: 0, y: 0 },
      cpus: [
        cpu(frame('task', write('x', 1), read('y', 'r0')), frame('hardirq', write('y', 1), read('x', 'r0'))),
      ],
      final: { exists: 'P0:r0 == 0 && P0.hardirq:r0 == 0' },
    },
    verdict: 'holds',
    observed: false,
    findings: [],
  },
  {
    litmus: {
      name: 'nesting',
      init: { depth: 0 },
      cpus: [
        cpu(
          frame('task', write('depth', 1)),
          frame('softirq', read('depth', 'a'), write('depth', 'a + 1')),
          frame('hardirq', read('depth', 'a'), write('depth', 'a + 1')),
          frame('nmi', read('depth', 'a'), write('depth', 'a + 1')),
        ),
      ],
      final: { exists: 'depth == 4' },
    },
    verdict: 'holds',
    observed: true,
    findings: [],
  },
]
