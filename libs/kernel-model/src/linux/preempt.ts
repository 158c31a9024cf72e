/**
 * Which context the code runs in, and what masks what. Follows include/linux/preempt.h and irqflags.h (6.18, not PREEMPT_RT).
 * Reading one's own preempt_count is no access: nobody else changes it.
 */
import { access, type KernelPath, Level, machine, RELAXED, running, WRITES } from '../machine/index.ts'
import { generic } from '../machine/trace.ts'

export function in_nmi(): boolean {
  return running().level === Level.Nmi
}

/** True inside an NMI too: nmi_enter() adds HARDIRQ_OFFSET. */
export function in_hardirq(): boolean {
  return running().level >= Level.Hardirq
}

export function in_task(): boolean {
  return running().level === Level.Task
}

/** True in hardirq and NMI, and between local_irq_save and its restore. */
export function irqs_disabled(): boolean {
  return running().cpu.irqsOff
}

/** May the code not sleep here? */
export function in_atomic(): boolean {
  const frame = running()
  return frame.level > Level.Task || frame.preemptCount > 0 || frame.bhDisabled > 0 || frame.cpu.irqsOff
}

export function smp_processor_id(): number {
  return running().cpu.id
}

/** Reports `title` as a context violation of `fn` if `illegal` holds. */
export function checkContext(fn: string, illegal: boolean, why: string): void {
  if (illegal) machine().report('context-violation', generic(`${fn}() ${why}`))
}

/** might_sleep(): legal in task context with nothing disabled. */
export function might_sleep(fn: string): void {
  checkContext(fn, in_atomic(), 'may sleep, but is called in atomic context')
}

export function local_irq_save(): KernelPath<boolean> {
  return access('local_irq_save', null, (m) => m.setIrqsOff(running(), true), RELAXED)
}

/** `flags`: what local_irq_save gave, true if interrupts were off before. */
export function local_irq_restore(flags: boolean): KernelPath {
  return access('local_irq_restore', null, (m) => void m.setIrqsOff(running(), flags), RELAXED)
}

function countPreemption(op: string, change: number): KernelPath {
  return access(
    op,
    null,
    (m) => {
      const frame = running()
      frame.preemptCount += change
      if (frame.level === Level.Task && frame.cpu.tasks.length > 1) m.touch(frame.cpu.preemption, WRITES)
      m.updateRcuReader(frame)
    },
    RELAXED,
  )
}

export function preempt_disable(): KernelPath {
  return countPreemption('preempt_disable', 1)
}

export function preempt_enable(): KernelPath {
  return countPreemption('preempt_enable', -1)
}

export function local_bh_disable(): KernelPath {
  return access('local_bh_disable', null, (m) => m.countBottomHalves(running(), 1), RELAXED)
}

export function local_bh_enable(): KernelPath {
  return access('local_bh_enable', null, (m) => m.countBottomHalves(running(), -1), RELAXED)
}

/** Pins the task to its CPU; it stays preemptible. Only the count is kept: the lab's tasks do not migrate. */
export function migrate_disable(): void {
  running().migrateDisabled++
}

export function migrate_enable(): void {
  running().migrateDisabled--
}

/** Is this_cpu data safe to use here? */
export function cpuIsStable(): boolean {
  const frame = running()
  return in_atomic() || frame.migrateDisabled > 0
}
