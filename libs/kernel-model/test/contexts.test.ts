import { expect, test } from 'vitest'
import { plain_write } from '../src/linux/barrier.ts'
import { local_bh_disable, local_bh_enable, local_irq_restore, local_irq_save } from '../src/linux/preempt.ts'
import { Cell, type Cpu, type KernelPath, Level } from '../src/machine/index.ts'
import { everySchedule } from './schedules.ts'

type Region = (body: KernelPath) => KernelPath

const REGIONS: Readonly<Record<string, Region>> = {
  'with nothing disabled': (body) => body,
  *'with bottom halves disabled'(body) {
    yield* local_bh_disable()
    yield* body
    yield* local_bh_enable()
  },
  *'with interrupts disabled'(body) {
    const flags = yield* local_irq_save()
    yield* body
    yield* local_irq_restore(flags)
  },
}

const LEVELS = { task: Level.Task, softirq: Level.Softirq, hardirq: Level.Hardirq, nmi: Level.Nmi }

/** Of all schedules of two frames of one CPU that write a word plainly: in how many is that a data race? */
function racing(
  outer: keyof typeof LEVELS,
  region: string,
  inner: keyof typeof LEVELS,
): 'all' | 'none' | 'some' {
  let races = 0
  const schedules = everySchedule((drive) => {
    const cpu: Cpu = drive.cpu()
    const word = new Cell('word', 0)
    const add = (level: Level, path: () => KernelPath): unknown =>
      level === Level.Task ? drive.task(cpu, path) : drive.handler(cpu, level, path)
    add(LEVELS[outer], () => REGIONS[region]!(plain_write(word, 1)))
    add(LEVELS[inner], () => plain_write(word, 2))
    return () => {
      if (drive.titles().some((title) => title.startsWith('data-race'))) races++
    }
  })
  if (races === 0) return 'none'
  return races === schedules ? 'all' : 'some'
}

test.each([
  ['task', 'with nothing disabled', 'softirq', 'all'],
  ['task', 'with bottom halves disabled', 'softirq', 'none'],
  ['task', 'with interrupts disabled', 'softirq', 'none'],
  ['task', 'with nothing disabled', 'hardirq', 'all'],
  ['task', 'with bottom halves disabled', 'hardirq', 'all'],
  ['task', 'with interrupts disabled', 'hardirq', 'none'],
  ['task', 'with interrupts disabled', 'nmi', 'all'],
  ['softirq', 'with nothing disabled', 'softirq', 'none'],
  // A softirq that comes after the hardirq finds interrupts on again, and is ordered by that.
  ['softirq', 'with nothing disabled', 'hardirq', 'some'],
  ['softirq', 'with interrupts disabled', 'hardirq', 'none'],
  ['hardirq', 'with nothing disabled', 'hardirq', 'none'],
  ['hardirq', 'with nothing disabled', 'nmi', 'all'],
] as const)('%s %s against %s: a data race in %s of the schedules', (outer, region, inner, races) => {
  expect(racing(outer, region, inner)).toBe(races)
})
