/** Handlers as blocks on their CPU. */
import { Level } from '@bottom-half/kernel-model'
import { joinInto } from './clock.ts'
import type { EventLog } from './event_log.ts'

/**
 * Edges 3 and 4 of event_log.ts, for a clock of an event of `frame`: a handler of which one event is in the clock, or the event that
 * forced it, is in it as a whole. The entry of another handler can still slip in between what forces a self-IPI and the IPI's own
 * entry.
 */
export function closeBlocks(log: EventLog, frame: number, entry: boolean, clock: number[]): void {
  const { frames } = log
  const { cpu, level } = frames[frame]!
  for (let again = true; again;) {
    again = false
    for (let h = 0; h < frames.length; h++) {
      const record = frames[h]!
      if (record.end < 0 || h === frame || record.cpu !== cpu || record.level < level) continue
      if (record.level === Level.Task) continue
      const known = clock[record.id] ?? 0
      const forced =
        !entry && record.level > level && record.enabledBy >= 0 && log.inClock(record.enabledBy, clock)
      if ((known === 0 && !forced) || known === record.events.length) continue
      joinInto(clock, log.events[record.end]!.clock)
      again = true
    }
  }
}
