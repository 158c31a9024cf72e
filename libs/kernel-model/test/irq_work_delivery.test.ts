import { expect, test } from 'vitest'
import { in_hardirq, in_nmi, irq_work, irq_work_queue, irq_work_queue_on } from '../src/index.ts'
import { irqs_disabled, Level, local_irq_restore, local_irq_save, running } from '../src/index.ts'
import { Bench } from './irq_bench.ts'

test('from a task with interrupts on, func runs before the next instruction, so that a second queue succeeds', () => {
  const bench = new Bench()
  const w = bench.work('w')
  bench.drive.task(bench.drive.cpu(), function* () {
    yield* irq_work_queue(w)
    yield* bench.note('next instruction')
    yield* bench.queue(w)
  })
  bench.drive.run()
  expect(bench.log).toEqual(['w', 'next instruction', 'w queued', 'w'])
})

test('queued with interrupts off, func runs at local_irq_restore and not before', () => {
  const bench = new Bench()
  const w = bench.work('w')
  bench.drive.task(bench.drive.cpu(), function* () {
    const flags = yield* local_irq_save()
    yield* irq_work_queue(w)
    yield* bench.note('still off')
    yield* local_irq_restore(flags)
    yield* bench.note('on')
  })
  bench.drive.run()
  expect(bench.log).toEqual(['still off', 'w', 'on'])
})

test('queued in NMI, func runs after the NMI returned and before the interrupted task moves', () => {
  const bench = new Bench()
  const w = bench.work('w')
  const cpu = bench.drive.cpu()
  const task = bench.drive.task(cpu, function* () {
    yield* bench.note('task 1')
    yield* bench.note('task 2')
  })
  bench.drive.step(task)
  const nmi = bench.drive.handler(cpu, Level.Nmi, function* () {
    yield* irq_work_queue(w)
    yield* bench.note('still in NMI')
  })
  bench.drive.step(nmi)
  bench.drive.finish(nmi)
  expect(bench.drive.enabled()).not.toContain(task)
  bench.drive.run()
  expect(bench.log).toEqual(['task 1', 'still in NMI', 'w', 'task 2'])
})

test('queued in an NMI over an interrupts-off region, func waits for the end of the region', () => {
  const bench = new Bench()
  const w = bench.work('w')
  const cpu = bench.drive.cpu()
  const task = bench.drive.task(cpu, function* () {
    const flags = yield* local_irq_save()
    yield* bench.note('off')
    yield* local_irq_restore(flags)
    yield* bench.note('on')
  })
  bench.drive.step(task)
  const nmi = bench.drive.handler(cpu, Level.Nmi, () => irq_work_queue(w))
  bench.drive.finish(nmi)
  bench.drive.run()
  expect(bench.log).toEqual(['off', 'w', 'on'])
})

test('queued in hardirq, func runs after that handler', () => {
  const bench = new Bench()
  const w = bench.work('w')
  const cpu = bench.drive.cpu()
  bench.drive.handler(cpu, Level.Hardirq, function* () {
    yield* irq_work_queue(w)
    yield* bench.note('handler goes on')
  })
  bench.drive.run()
  expect(bench.log).toEqual(['handler goes on', 'w'])
})

test('func runs in hardirq context with interrupts off, on the CPU that queued', () => {
  const bench = new Bench()
  const [, cpu] = [bench.drive.cpu(), bench.drive.cpu()]
  const seen: unknown[] = []
  const w = new irq_work(
    'w',
    function* () {
      yield* bench.note('w')
      seen.push(running().cpu.id, in_hardirq(), in_nmi(), irqs_disabled())
    },
    null,
  )
  bench.drive.task(cpu, () => irq_work_queue(w))
  bench.drive.run()
  expect(seen).toEqual([1, true, false, true])
})

test('a queue on another CPU while the work is pending here returns false, and the run happens here', () => {
  const bench = new Bench()
  const where: number[] = []
  const w = new irq_work(
    'w',
    function* () {
      yield* bench.note('w')
      where.push(running().cpu.id)
    },
    null,
  )
  const here = bench.drive.task(bench.drive.cpu(), function* () {
    const flags = yield* local_irq_save()
    yield* bench.queue(w)
    yield* local_irq_restore(flags)
  })
  const there = bench.drive.task(bench.drive.cpu(), () => bench.queue(w))
  for (let i = 0; i < 6; i++) bench.drive.step(here)
  bench.drive.finish(there)
  bench.drive.run()
  expect(bench.log).toEqual(['w queued', 'w pending', 'w'])
  expect(where).toEqual([0])
})

test('the list runs newest first: LIFO, and one IPI serves all that were queued before it', () => {
  const bench = new Bench()
  const works = ['a', 'b', 'c'].map((name) => bench.work(name))
  bench.drive.task(bench.drive.cpu(), function* () {
    const flags = yield* local_irq_save()
    for (const w of works) yield* irq_work_queue(w)
    yield* local_irq_restore(flags)
  })
  bench.drive.run()
  expect(bench.log).toEqual(['c', 'b', 'a'])
  expect(bench.drive.machine.frames).toHaveLength(2)
})

test('an NMI between the add and the IPI joins the list without an IPI of its own', () => {
  const bench = new Bench()
  const [a, b] = [bench.work('a'), bench.work('b')]
  const cpu = bench.drive.cpu()
  const task = bench.drive.task(cpu, () => irq_work_queue(a))
  const nmi = bench.drive.handler(cpu, Level.Nmi, () => irq_work_queue(b))
  for (let i = 0; i < 4; i++) bench.drive.step(task)
  bench.drive.finish(nmi)
  expect(bench.log).toEqual([])
  bench.drive.run()
  expect(bench.log).toEqual(['b', 'a'])
  expect(bench.drive.machine.frames).toHaveLength(3)
})

test('irq_work_queue_on another CPU runs there, oldest first', () => {
  const bench = new Bench()
  const [here, there] = [bench.drive.cpu(), bench.drive.cpu()]
  const works = ['a', 'b'].map((name) => bench.work(name))
  const task = bench.drive.task(here, function* () {
    for (const w of works) yield* irq_work_queue_on(w, there)
  })
  bench.drive.finish(task)
  expect(bench.drive.machine.frames.at(-1)!.cpu).toBe(there)
  bench.drive.run()
  expect(bench.log).toEqual(['a', 'b'])
  expect(bench.drive.titles()).toEqual([])
})

test('the IPI to another CPU may be late: that CPU may go on for a while', () => {
  const bench = new Bench()
  const [here, there] = [bench.drive.cpu(), bench.drive.cpu()]
  const w = bench.work('w')
  const other = bench.drive.task(there, () => bench.note('other'))
  bench.drive.finish(bench.drive.task(here, () => irq_work_queue_on(w, there)))
  bench.drive.step(other)
  bench.drive.run()
  expect(bench.log).toEqual(['other', 'w'])
})

test('irq_work_queue_on in NMI warns for another CPU, and not for this one', () => {
  const bench = new Bench()
  const [here, there] = [bench.drive.cpu(), bench.drive.cpu()]
  const works = ['a', 'b'].map((name) => bench.work(name))
  const local = bench.drive.handler(here, Level.Nmi, () => irq_work_queue_on(works[0]!, here))
  bench.drive.finish(local)
  expect(bench.drive.titles()).toEqual([])
  bench.drive.handler(here, Level.Nmi, () => irq_work_queue_on(works[1]!, there))
  bench.drive.run()
  expect(bench.drive.titles()).toEqual([
    'warn: WARN_ON_ONCE(in_nmi()) in irq_work_queue_on() for another CPU',
  ])
})

test('lazy work runs at the tick, or with the next self-IPI if that comes first', () => {
  const bench = new Bench()
  const lazy = bench.work('lazy', { lazy: true })
  const prompt = bench.work('prompt')
  const task = bench.drive.task(bench.drive.cpu(), function* () {
    yield* irq_work_queue(lazy)
    yield* bench.note('next instruction')
    yield* irq_work_queue(prompt)
  })
  bench.drive.finish(task)
  bench.drive.run()
  expect(bench.log).toEqual(['next instruction', 'prompt', 'lazy'])
})
