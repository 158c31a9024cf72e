import { expect, test } from 'vitest'
import { alloc_object, Cell, free_object, init_irq_work, irq_work, IRQ_WORK_BUSY } from '../src/index.ts'
import { IRQ_WORK_PENDING, irq_work_queue, Level, local_irq_restore, local_irq_save } from '../src/index.ts'
import { READ_ONCE, WRITE_ONCE } from '../src/index.ts'
import { Bench } from './irq_bench.ts'

test('an uncontended irq_work_queue is five steps', () => {
  const bench = new Bench()
  const w = bench.work('w')
  const task = bench.drive.task(bench.drive.cpu(), () => irq_work_queue(w))
  const ops: string[] = []
  for (let i = 0; i < 5; i++) {
    ops.push(bench.drive.machine.frames[task]!.next!.op)
    bench.drive.step(task)
  }
  expect(ops).toEqual(['atomic_fetch_or', 'READ_ONCE', 'write', 'try_cmpxchg', 'arch_irq_work_raise'])
  expect(bench.drive.machine.frames[task]!.state).toBe('done')
})

test('a second irq_work_queue before the run returns false, which is success: func runs once, later', () => {
  const bench = new Bench()
  const w = bench.work('w')
  bench.drive.task(bench.drive.cpu(), function* () {
    const flags = yield* local_irq_save()
    yield* bench.queue(w)
    yield* bench.queue(w)
    yield* local_irq_restore(flags)
  })
  bench.drive.run()
  expect(bench.log).toEqual(['w queued', 'w pending', 'w'])
})

test('PENDING is cleared before func and BUSY after it', () => {
  const bench = new Bench()
  const flags: number[] = []
  const w = new irq_work(
    'w',
    function* (self) {
      flags.push(yield* READ_ONCE(self.a_flags))
    },
    null,
  )
  bench.drive.task(bench.drive.cpu(), () => irq_work_queue(w))
  bench.drive.run()
  expect(flags).toEqual([IRQ_WORK_BUSY])
  expect(w.a_flags.peek()).toBe(0)
})

test('queued again from its own func, it runs again after this interrupt, and BUSY stays set in between', () => {
  const bench = new Bench()
  const busy: boolean[] = []
  let runs = 0
  const w = new irq_work(
    'w',
    function* (self) {
      yield* bench.note(`run ${++runs}`)
      if (runs === 1) yield* bench.queue(self)
    },
    null,
  )
  const cpu = bench.drive.cpu()
  bench.drive.task(cpu, () => irq_work_queue(w))
  while (bench.drive.machine.frames[1]?.state !== 'done')
    bench.drive.machine.perform(bench.drive.machine.moves()[0]!)
  busy.push((w.a_flags.peek() & IRQ_WORK_BUSY) !== 0)
  bench.drive.run()
  expect(bench.log).toEqual(['run 1', 'w queued', 'run 2'])
  expect(busy).toEqual([true])
  expect(w.a_flags.peek()).toBe(0)
})

test('the core touches the work after func: freeing it in func is a use after free in the final cmpxchg', () => {
  const bench = new Bench()
  const object = alloc_object('ctx#1')
  const w = new irq_work('irq_work', () => free_object(object), object)
  bench.drive.task(bench.drive.cpu(), () => irq_work_queue(w))
  bench.drive.run()
  expect(bench.drive.titles()).toEqual(['use-after-free: use after free of ctx.irq_work.a_flags'])
  expect(bench.drive.machine.event?.step?.op).toBe('cmpxchg')
})

test('func may queue a work that is behind it in the batch: next was read before', () => {
  const bench = new Bench()
  let again = true
  const a = new irq_work(
    'a',
    function* (self) {
      yield* bench.note('a')
      if (again) yield* bench.queue(self)
      again = false
    },
    null,
  )
  const b = bench.work('b')
  bench.drive.task(bench.drive.cpu(), function* () {
    const flags = yield* local_irq_save()
    yield* irq_work_queue(b)
    yield* irq_work_queue(a)
    yield* local_irq_restore(flags)
  })
  bench.drive.run()
  expect(bench.log).toEqual(['a', 'a queued', 'b', 'a'])
})

test('no wake-up is lost: data stored before a failing queue is seen by func', () => {
  const bench = new Bench()
  const data = new Cell('data', 0)
  const cpu = bench.drive.cpu()
  const seen: number[] = []
  const w = new irq_work(
    'w',
    function* () {
      seen.push(yield* READ_ONCE(data))
    },
    null,
  )
  const run = bench.drive.task(cpu, () => irq_work_queue(w))
  const nmi = bench.drive.handler(cpu, Level.Nmi, function* () {
    yield* WRITE_ONCE(data, 1)
    yield* bench.queue(w)
  })
  bench.drive.step(run)
  bench.drive.finish(nmi)
  bench.drive.run()
  expect(bench.log).toEqual(['w pending'])
  expect(seen).toEqual([1])
})

test('init_irq_work of a queued work is list corruption', () => {
  const bench = new Bench()
  const w = bench.work('w')
  bench.drive.task(bench.drive.cpu(), function* () {
    yield* local_irq_save()
    yield* irq_work_queue(w)
    yield* init_irq_work(w, () => bench.note('again'))
  })
  bench.drive.run()
  expect(bench.drive.titles()).toEqual(['list-corruption: init_irq_work() of queued w'])
})

test('where tasks share a CPU, the enqueue is one preemption-off region', () => {
  const bench = new Bench()
  const w = bench.work('w')
  const cpu = bench.drive.cpu()
  const first = bench.drive.task(cpu, () => irq_work_queue(w))
  const second = bench.drive.task(cpu, () => bench.note('second'))
  bench.drive.step(first)
  bench.drive.step(first)
  expect(bench.drive.machine.frames[first]!.preemptCount).toBe(1)
  expect(bench.drive.enabled()).not.toContain(second)
  bench.drive.finish(first)
  bench.drive.run()
  expect(bench.log).toEqual(['w', 'second'])
  expect(w.a_flags.peek() & IRQ_WORK_PENDING).toBe(0)
})
