/** What changes a context: entry and exit of handlers, masks, preemption; and what each change touches. */
import { joinClock, releaseClock } from './data_race.ts'
import { AWAITS, WRITES } from './footprint.ts'
import { type Frame, Level } from './frame.ts'
import { Memory } from './memory.ts'

export class Contexts extends Memory {
  /** Where tasks share a CPU, each step depends on preemption, and a handler can see which of them ran last. */
  protected noteTask(frame: Frame): void {
    const cpu = frame.cpu
    if (cpu.tasks.length > 1) {
      this.footprint.add(cpu.preemption.id, AWAITS, null)
      this.touch(cpu.current, cpu.current.value === frame ? 0 : WRITES)
    }
    cpu.current.value = frame
  }

  /** A handler takes its CPU over. */
  protected interrupt(frame: Frame): void {
    const cpu = frame.cpu
    cpu.pending.splice(cpu.pending.indexOf(frame), 1)
    if (cpu.tasks.length > 1) this.touch(cpu.current, 0)
    frame.task = (cpu.current.value ?? cpu.tasks[0])?.task ?? null
    cpu.stack.push(frame)
    frame.irqsOffAtEntry = cpu.irqsOff
    frame.state = 'active'
    if (frame.level === Level.Nmi) this.touch(cpu.nmi, WRITES | AWAITS)
    else {
      const isSoft = frame.level === Level.Softirq
      this.footprint.add(cpu.mask.id, isSoft ? AWAITS : WRITES | AWAITS, cpu.mask.value)
      joinClock(frame.clock, cpu.maskClock)
      if (isSoft) {
        this.touch(cpu.softirqs, WRITES | AWAITS)
        joinClock(frame.clock, cpu.softirqsClock)
      }
    }
    if (frame.level >= Level.Hardirq) cpu.irqsOff = true
    this.updateRcuReader(frame)
  }

  /** The handler returns to what it interrupted. */
  protected leaveHandler(frame: Frame): void {
    const cpu = frame.cpu
    cpu.stack.pop()
    if (frame.level === Level.Nmi) this.touch(cpu.nmi, WRITES)
    else if (frame.level === Level.Softirq) {
      this.touch(cpu.softirqs, WRITES)
      cpu.softirqsClock = releaseClock(frame)
    }
    if (frame.level === Level.Hardirq || (frame.level === Level.Softirq && cpu.irqsOff)) {
      this.touch(cpu.mask, WRITES)
      cpu.maskClock = releaseClock(frame)
    }
    cpu.irqsOff = frame.irqsOffAtEntry
    this.updateRcuReader(frame)
  }

  /** The other tasks of the CPU can run now if it kept them from it. */
  protected leaveTask(frame: Frame): void {
    const held = frame.preemptCount > 0 || frame.bhDisabled > 0
    if (held && frame.cpu.tasks.length > 1) this.touch(frame.cpu.preemption, WRITES)
    this.updateRcuReader(frame)
  }

  /** Switches the interrupt flag of the running frame's CPU; gives the former value of `irqs_disabled()`. */
  setIrqsOff(frame: Frame, off: boolean): boolean {
    const cpu = frame.cpu
    const was = cpu.irqsOff
    if (was === off) return was
    this.touch(cpu.mask, WRITES)
    if (off) {
      joinClock(frame.clock, cpu.maskClock)
      joinClock(frame.clock, cpu.softirqsClock)
    } else cpu.maskClock = releaseClock(frame)
    cpu.irqsOff = off
    cpu.irqsOffBy = off ? frame : null
    if (cpu.tasks.length > 1) this.touch(cpu.preemption, WRITES)
    this.updateRcuReader(frame)
    return was
  }

  /** Disables bottom halves of the running frame's CPU once more, or once less. */
  countBottomHalves(frame: Frame, change: 1 | -1): void {
    const cpu = frame.cpu
    frame.bhDisabled += change
    this.touch(cpu.softirqs, WRITES)
    if (change > 0) joinClock(frame.clock, cpu.softirqsClock)
    else cpu.softirqsClock = releaseClock(frame)
    if (cpu.tasks.length > 1) this.touch(cpu.preemption, WRITES)
    this.updateRcuReader(frame)
  }

  /** To be called whenever something changed that makes the frame a vanilla RCU reader or ends it. */
  updateRcuReader(frame: Frame): void {
    const reads =
      frame.state === 'active' &&
      (frame.level > Level.Task ||
        frame.rcuNesting > 0 ||
        frame.preemptCount > 0 ||
        frame.bhDisabled > 0 ||
        frame.cpu.irqsOff)
    if (reads === frame.readsRcu) return
    frame.readsRcu = reads
    frame.rcuReader.flip(this, frame)
  }
}
