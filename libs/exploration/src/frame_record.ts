/** What an event log knows of a frame from the beginning. */
import type { Frame } from '@bottom-half/kernel-model'
import type { FrameRecord } from './event.ts'
import type { EventLog } from './event_log.ts'
import { hashName } from './fingerprint.ts'
import { keyAfter, laterOf, MOST_CPUS, rankOf } from './order.ts'

/** @param creator the event that created the frame; -1 for the boot */
export function recordOf(log: EventLog, frame: Frame, creator: number): FrameRecord {
  const task = frame.cpu.tasks[0]
  const known = task === undefined || task === frame ? undefined : log.frames[task.index]
  const maker = known === undefined ? creator : known.creator
  const spawnedCpu = task !== undefined && maker >= 0
  const rank = rankOf(frame, creator >= 0, spawnedCpu)
  return {
    id: log.idOf(frame.name),
    name: frame.name,
    events: [],
    creator,
    cpu: spawnedCpu ? MOST_CPUS + log.idOf(task.name) : frame.cpu.id,
    level: frame.level,
    nameHash: hashName(frame.name),
    rank,
    key: creator < 0 ? [rank] : laterOf([rank], keyAfter(log.events[creator]!, rank)),
    end: -1,
    enabledBy: -1,
    arrived: -1,
  }
}
