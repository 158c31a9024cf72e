import { expect, test } from 'vitest'
import { irq_work, irq_work_is_busy, irq_work_queue, irq_work_sync } from '../src/index.ts'
import { local_irq_restore, local_irq_save, running } from '../src/index.ts'
import { Bench } from './irq_bench.ts'

/** CPU0 is inside func when CPU1 queues the work and enters func too; gives the frames of the two runs. */
function runOnTwoCpus(bench: Bench): { w: irq_work; runs: [number, number]; sync: () => number } {
  const drive = bench.drive
  const w = new irq_work(
    'w',
    function* () {
      yield* bench.note(`enters on CPU${running().cpu.id}`)
      yield* bench.note(`leaves on CPU${running().cpu.id}`)
    },
    null,
  )
  const tasks = [drive.cpu(), drive.cpu()].map((cpu) => drive.task(cpu, () => irq_work_queue(w)))
  const runs: number[] = []
  for (const task of tasks) {
    drive.finish(task)
    const run = drive.machine.frames.length - 1
    while (!bench.log.includes(`enters on CPU${runs.length}`)) drive.step(run)
    runs.push(run)
  }
  const sync = (): number => drive.task(drive.cpu(), () => irq_work_sync(w))
  return { w, runs: [runs[0]!, runs[1]!], sync }
}

test('queued on another CPU while func runs, func runs concurrently with itself', () => {
  const bench = new Bench()
  const { runs } = runOnTwoCpus(bench)
  expect(bench.log).toEqual(['enters on CPU0', 'enters on CPU1'])
  for (const run of runs) bench.drive.finish(run)
  expect(bench.log).toEqual(['enters on CPU0', 'enters on CPU1', 'leaves on CPU0', 'leaves on CPU1'])
  expect(bench.drive.titles()).toEqual([])
})

test('BUSY is one bit: the first of two concurrent runs clears it, and irq_work_sync returns while the other runs', () => {
  const bench = new Bench()
  const { w, runs, sync } = runOnTwoCpus(bench)
  const waiter = sync()
  expect(bench.drive.enabled()).not.toContain(waiter)
  bench.drive.finish(runs[0])
  expect(w.a_flags.peek()).toBe(0)
  bench.drive.finish(waiter)
  expect(bench.log).not.toContain('leaves on CPU1')
})

test('irq_work_sync waits for a work that is only pending', () => {
  const bench = new Bench()
  const w = bench.work('w')
  const queuer = bench.drive.task(bench.drive.cpu(), () => irq_work_queue(w))
  bench.drive.step(queuer)
  const waiter = bench.drive.task(bench.drive.cpu(), function* () {
    yield* irq_work_sync(w)
    yield* bench.note('synced')
  })
  expect(bench.drive.enabled()).not.toContain(waiter)
  bench.drive.run()
  expect(bench.log).toEqual(['w', 'synced'])
})

test('irq_work_sync with interrupts off is a context violation, and a deadlock if the work is pending here', () => {
  const bench = new Bench()
  const w = bench.work('w')
  bench.drive.task(bench.drive.cpu(), function* () {
    yield* local_irq_save()
    yield* irq_work_queue(w)
    yield* irq_work_sync(w)
  })
  bench.drive.run()
  expect(bench.drive.titles()).toEqual([
    'context-violation: irq_work_sync() may sleep, but is called in atomic context',
    'deadlock: deadlock (no one will wake): task on CPU0 waits for w.a_flags',
  ])
})

test('irq_work_sync from the work itself is a self-deadlock', () => {
  const bench = new Bench()
  const w = new irq_work('w', (self) => irq_work_sync(self), null)
  bench.drive.task(bench.drive.cpu(), () => irq_work_queue(w))
  bench.drive.run()
  expect(bench.drive.machine.findings.map((f) => f.kind)).toEqual(['context-violation', 'self-deadlock'])
})

test('irq_work_is_busy is true from the claim on', () => {
  const bench = new Bench()
  const w = bench.work('w')
  const got: boolean[] = []
  bench.drive.task(bench.drive.cpu(), function* () {
    got.push(yield* irq_work_is_busy(w))
    const flags = yield* local_irq_save()
    yield* irq_work_queue(w)
    got.push(yield* irq_work_is_busy(w))
    yield* local_irq_restore(flags)
    got.push(yield* irq_work_is_busy(w))
  })
  bench.drive.run()
  expect(got).toEqual([false, true, false])
})
