/** Changing preempt_count as part of another step, as locks do. */
import { Level, type Machine, running, WRITES } from '../machine/index.ts'

/** preempt_disable() (+1) or preempt_enable() (-1) of the running frame, inside the step in progress. */
export function preempt_count_add(m: Machine, change: 1 | -1): void {
  const frame = running()
  frame.preemptCount += change
  if (frame.level === Level.Task && frame.cpu.tasks.length > 1) m.touch(frame.cpu.preemption, WRITES)
  m.updateRcuReader(frame)
}
