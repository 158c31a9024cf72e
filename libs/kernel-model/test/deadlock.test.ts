import { expect, test } from 'vitest'
import { access, Level, raw_spinlock_t, raw_spin_lock, type KernelPath } from '../src/index.ts'
import { Drive } from './drive.ts'
import { everySchedule } from './schedules.ts'

/** Spawns a task that takes both locks, and keeps them. */
function* spawns(first: raw_spinlock_t, second: raw_spinlock_t): KernelPath {
  yield* access('spawn', null, (m) => {
    m.spawn('worker', function* () {
      yield* raw_spin_lock(first)
      yield* raw_spin_lock(second)
    })
  })
}

test('a deadlock of tasks that are made on the way has one title, whichever of them is made first', () => {
  const titles = new Set<string>()
  everySchedule((drive) => {
    const a = new raw_spinlock_t('a')
    const b = new raw_spinlock_t('b')
    drive.task(drive.cpu(), () => spawns(a, b), 'one')
    drive.task(drive.cpu(), () => spawns(b, a), 'two')
    return () => {
      for (const { kind, title } of drive.machine.findings) if (kind === 'deadlock') titles.add(title)
    }
  })
  expect([...titles].sort()).toEqual([
    'deadlock (cycle): task on CPU of one/worker waits for b; task on CPU of two/worker waits for a',
    'deadlock (no one will wake): task on CPU of one/worker waits for a',
    'deadlock (no one will wake): task on CPU of two/worker waits for b',
  ])
})

test('who has gone and kept the lock is not interrupted by who waits for it', () => {
  const drive = new Drive()
  const cpu = drive.cpu()
  const lock = new raw_spinlock_t('lock')
  const task = drive.task(cpu, () => raw_spin_lock(lock))
  drive.finish(task)
  drive.handler(cpu, Level.Nmi, () => raw_spin_lock(lock))
  drive.run()
  expect(drive.titles().filter((title) => title.includes('deadlock'))).toEqual([
    'deadlock: deadlock (no one will wake): NMI on CPU0 waits for lock',
  ])
})
