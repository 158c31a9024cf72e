/** Operations that are one step: each is a primitive of the kernel model. */
import {
  access,
  atomic_add,
  atomic_fetch_add,
  type Cell,
  cmpxchg,
  type KernelPath,
  Level,
  local_bh_disable,
  local_bh_enable,
  local_irq_restore,
  local_irq_save,
  Oops,
  Order,
  plain_read,
  plain_write,
  preempt_disable,
  preempt_enable,
  raw_spin_lock,
  raw_spin_trylock,
  raw_spin_unlock,
  READ_ONCE,
  running,
  smp_load_acquire,
  smp_mb,
  smp_rmb,
  smp_store_release,
  smp_wmb,
  WRITE_ONCE,
  xchg,
} from '@bottom-half/kernel-model'
import { type Code, run, type World } from './instruction.ts'
import type { Operation } from './schema.ts'

type Named<K extends Operation['op']> = Extract<Operation, { op: K }>

export const READS: Readonly<
  Record<NonNullable<Named<'read'>['order']>, (cell: Cell<number>) => KernelPath<number>>
> = { once: READ_ONCE, acquire: smp_load_acquire, plain: plain_read }

export const WRITES: Readonly<
  Record<NonNullable<Named<'write'>['order']>, (cell: Cell<number>, value: number) => KernelPath>
> = { once: WRITE_ONCE, release: smp_store_release, plain: plain_write }

type Bare = 'mb' | 'rmb' | 'wmb' | 'bh_disable' | 'bh_enable' | 'preempt_disable' | 'preempt_enable'

/** Fences and masks: what needs no operand. */
export const BARE: Readonly<Record<Bare, () => KernelPath<unknown>>> = {
  mb: smp_mb,
  rmb: smp_rmb,
  wmb: smp_wmb,
  bh_disable: local_bh_disable,
  bh_enable: local_bh_enable,
  preempt_disable,
  preempt_enable,
}

/** What the frame saved by irq_disable and did not restore yet: digits to the base 3, the newest one last; 0: nothing. */
const SAVED_ON = 1
const SAVED_OFF = 2

/** local_irq_save(flags): the digit goes onto those that were saved before. */
export const irqDisable = local_irq_save
export const withSaved = (saved: number, wereOff: number): number =>
  saved * 3 + (wereOff === 0 ? SAVED_ON : SAVED_OFF)

/** local_irq_restore(flags) of the newest digit. Without one: a crash, since the kernel has no flags to restore. */
export function irqEnable(saved: number, frame: string): KernelPath {
  const newest = saved % 3
  if (newest === 0) throw new Oops('unbalanced', `irq_enable without irq_disable in ${frame}`)
  return local_irq_restore(newest === SAVED_OFF)
}
export const withoutNewest = (saved: number): number => Math.trunc(saved / 3)

export const LOCKS = { lock: raw_spin_lock, unlock: raw_spin_unlock, trylock: raw_spin_trylock } as const

export const fetchAdd = (cell: Cell<number>, value: number): KernelPath<number> =>
  atomic_fetch_add(value, cell)
export const add = (cell: Cell<number>, value: number): KernelPath => atomic_add(value, cell)
export const exchange = (cell: Cell<number>, value: number): KernelPath<number> => xchg(cell, value)
export const compareExchange = cmpxchg<number>

/** smp_cond_load_acquire(cell, VAL == value) of include/asm-generic/barrier.h (6.18), as one step that waits. */
export function awaitValue(cell: Cell<number>, value: number): KernelPath<number> {
  return access('smp_cond_load_acquire', cell, (m) => m.load(cell, Order.Acquire), {
    relaxed: true,
    ready: () => cell.peek() === value,
    awaits: [cell],
  })
}

/** A choice of the environment: which one is part of the schedule. */
export function choose(outcomes: number): KernelPath<number> {
  return access('choose', null, (_m, outcome) => outcome, { outcomes, relaxed: true })
}

const LEVELS = { softirq: Level.Softirq, hardirq: Level.Hardirq, nmi: Level.Nmi } as const

/** A handler that `raise` starts. */
export interface HandlerCode {
  readonly name: string
  readonly level: keyof typeof LEVELS
  code: Code
}

/** A self-IPI. */
export function raise(world: World, handler: HandlerCode): KernelPath {
  return access('raise', null, (m) => {
    const path = (): KernelPath => run(handler.code, world, handler.code.registers.slice())
    m.raise(handler.name, running().cpu, LEVELS[handler.level], path)
  })
}
