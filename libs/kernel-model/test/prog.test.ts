import { expect, test } from 'vitest'
import { attach, type bpf_hook, detach, run_hook } from '../src/bpf/hook.ts'
import { create_map } from '../src/bpf/map_elem.ts'
import { bpf_map_put_with_uref } from '../src/bpf/map.ts'
import { bpf_prog_inc, bpf_prog_inc_not_zero, bpf_prog_put, create_prog } from '../src/bpf/prog.ts'
import { map_update_elem } from '../src/bpf/syscall.ts'
import { READ_ONCE } from '../src/linux/barrier.ts'
import { ENOENT } from '../src/linux/errno.ts'
import { local_irq_restore, local_irq_save } from '../src/linux/preempt.ts'
import { free_object } from '../src/linux/slab.ts'
import { access, Cell, type KernelPath, Level, running } from '../src/machine/index.ts'
import { BpfBench } from './bpf_bench.ts'

/** A body of one step. */
function oneStep(): () => KernelPath {
  const word = new Cell('word', 0)
  return function* () {
    yield* READ_ONCE(word)
  }
}

/**
 * The frames that the last put caused, in the order in which they came to be, without their creators' names.
 */
function caused(bench: BpfBench, before: number): string[] {
  return bench.machine.frames.slice(before).map((frame) => frame.name)
}

/** Lets everything but `frame` come to rest. */
function runOthers(bench: BpfBench, frame: number): void {
  for (let i = 0; i < 1000; i++) {
    const other = bench.enabled().find((f) => f !== frame)
    if (other === undefined) return
    bench.step(other)
  }
  throw new Error('no rest')
}

test('after the detach a hit of the hook runs nothing, and the program is freed', () => {
  const bench = new BpfBench()
  const hook = attach(create_prog('prog'))
  let runs = 0
  bench.finish(bench.task(bench.cpu(), () => detach(hook)))
  bench.task(bench.cpu(), () =>
    run_hook(hook, function* () {
      runs++
    }),
  )
  bench.run()
  expect(runs).toBe(0)
  expect(bench.live()).toEqual([])
  expect(bench.titles()).toEqual([])
})

test('trap 10: with its last reference gone a program still runs until it leaves, and cannot be taken again', () => {
  for (const level of [Level.Task, Level.Nmi]) {
    for (const sleepable of level === Level.Task ? [false, true] : [false]) {
      const bench = new BpfBench()
      const prog = create_prog('prog', { sleepable })
      const hook = attach(prog)
      let taken: number | null = null
      const body = function* (): KernelPath {
        taken = yield* bpf_prog_inc_not_zero(prog)
      }
      const path = (): KernelPath => run_hook(hook, body)
      const runner =
        level === Level.Task ? bench.task(bench.cpu(), path) : bench.handler(bench.cpu(), level, path)
      if (level === Level.Nmi) bench.step(runner)
      bench.stepTo(runner, 'atomic_fetch_add_unless')
      bench.finish(bench.task(bench.cpu(), () => detach(hook)))
      runOthers(bench, runner)
      expect(prog.aux.refcnt.peek()).toBe(0)
      expect(bench.live()).toEqual(['prog'])
      bench.run()
      expect(taken).toBe(-ENOENT)
      expect(bench.live()).toEqual([])
      expect(bench.titles()).toEqual([])
    }
  }
})

test('a program that is freed while it runs is a use-after-free of its text', () => {
  const bench = new BpfBench()
  const prog = create_prog('prog')
  const hook = attach(prog)
  const runner = bench.task(bench.cpu(), () => run_hook(hook, oneStep()))
  bench.stepTo(runner, 'leave')
  bench.finish(bench.task(bench.cpu(), () => free_object(prog.object)))
  bench.step(runner)
  expect(bench.titles()).toEqual(['use-after-free: use after free of prog.text'])
})

test('trap 11: the last put in a task frees by a grace period and a work item', () => {
  const bench = new BpfBench()
  const prog = create_prog('prog')
  const putter = bench.task(bench.cpu(), () => bpf_prog_put(prog))
  bench.finish(putter)
  const before = putter + 1
  expect(caused(bench, before)).toHaveLength(1)
  bench.run()
  expect(caused(bench, before)).toHaveLength(2)
  expect(bench.live()).toEqual([])
})

test('trap 11: the last put in hardirq, and with interrupts off, is deferred to a work item first', () => {
  for (const hardirq of [true, false]) {
    const bench = new BpfBench()
    const prog = create_prog('prog')
    const cpu = bench.cpu()
    const putter = hardirq
      ? bench.handler(cpu, Level.Hardirq, () => bpf_prog_put(prog))
      : bench.task(cpu, function* () {
          const flags = yield* local_irq_save()
          yield* bpf_prog_put(prog)
          yield* local_irq_restore(flags)
        })
    bench.run()
    expect(caused(bench, putter + 1)).toHaveLength(3)
    expect(bench.live()).toEqual([])
    expect(bench.titles()).toEqual([])
  }
})

test('trap 11: the last put in softirq runs inline', () => {
  const bench = new BpfBench()
  const prog = create_prog('prog')
  const putter = bench.handler(bench.cpu(), Level.Softirq, () => bpf_prog_put(prog))
  bench.run()
  expect(caused(bench, putter + 1)).toHaveLength(2)
  expect(bench.live()).toEqual([])
})

test('trap 11: the last put in NMI is a context violation, another put is not', () => {
  for (const last of [false, true]) {
    const bench = new BpfBench()
    const prog = create_prog('prog')
    bench.handler(bench.cpu(), Level.Nmi, function* () {
      if (!last) yield* bpf_prog_inc(prog)
      yield* bpf_prog_put(prog)
    })
    bench.run()
    expect(bench.machine.findings.map((f) => f.kind)).toEqual(last ? ['context-violation'] : [])
  }
})

test('a non-sleepable program waits for no sleepable reader, a sleepable one does', () => {
  for (const sleepable of [false, true]) {
    const bench = new BpfBench()
    const other = attach(create_prog('reader', { sleepable: true }))
    const hook = attach(create_prog('prog', { sleepable }))
    const reader = bench.task(bench.cpu(), () => run_hook(other, oneStep()))
    bench.stepTo(reader, 'leave')
    bench.finish(bench.task(bench.cpu(), () => detach(hook)))
    runOthers(bench, reader)
    expect(bench.live()).toEqual(sleepable ? ['reader', 'prog'] : ['reader'])
  }
})

test('the free hooks run first, then the maps are put, then the memory is freed', () => {
  const bench = new BpfBench()
  const map = create_map('map', 'array', { entries: 1 })
  const prog = create_prog('prog', { used_maps: [map] })
  expect(map.refcnt.peek()).toBe(2)
  const seen: unknown[] = []
  prog.aux.free_hooks.push(function* () {
    yield* access('hook', map.refcnt, () => seen.push(map.refcnt.peek(), prog.object.life.peek()))
  })
  bench.finish(bench.task(bench.cpu(), () => bpf_map_put_with_uref(map)))
  bench.task(bench.cpu(), () => bpf_prog_put(prog))
  bench.run()
  expect(seen).toEqual([1, 'live'])
  expect(bench.live()).toEqual([])
  expect(bench.titles()).toEqual([])
})

test('trap 24: a reference that is never dropped shows as memory that lives at rest, not as a crash', () => {
  const bench = new BpfBench()
  const map = create_map('map', 'array', { entries: 1 })
  const prog = create_prog('prog', { used_maps: [map] })
  const hook = attach(prog)
  bench.task(bench.cpu(), function* () {
    yield* bpf_prog_inc(prog)
    yield* detach(hook)
    yield* bpf_map_put_with_uref(map)
  })
  bench.run()
  expect(bench.live()).toEqual(['map', 'prog'])
  expect(bench.titles()).toEqual([])
})

/**
 * Runs `lower` on a CPU until it is in its program, then the NMI `upper` over it: how often each body ran.
 */
function nest(bench: BpfBench, lower: bpf_hook, upper: bpf_hook): string[] {
  const ran: string[] = []
  const cpu = bench.cpu()
  const body = function* (): KernelPath {
    yield* access('body', null, () => ran.push(running().level === Level.Nmi ? 'nmi' : 'task'))
  }
  const task = bench.task(cpu, () => run_hook(lower, body))
  const nmi = bench.handler(cpu, Level.Nmi, () => run_hook(upper, body))
  bench.stepTo(task, 'body')
  bench.finish(nmi)
  bench.finish(task)
  bench.finish(bench.task(bench.cpu(), () => run_hook(upper, body)))
  return ran
}

test('trap 15: a perf NMI program is suppressed over a kprobe program, and runs over an fentry program', () => {
  const cases = [
    { lower: 'bpf_prog_active', ran: ['task', 'task'] },
    { lower: 'prog', ran: ['nmi', 'task', 'task'] },
    { lower: 'none', ran: ['nmi', 'task', 'task'] },
  ] as const
  for (const { lower, ran } of cases) {
    const bench = new BpfBench()
    const below = attach(create_prog('below'), { recursion: lower })
    const perf = attach(create_prog('perf'), { recursion: 'bpf_prog_active' })
    expect(nest(bench, below, perf)).toEqual(ran)
    expect(bench.titles()).toEqual([])
  }
})

test('trap 15: an fentry program is suppressed over itself, and runs over another', () => {
  const bench = new BpfBench()
  const self = attach(create_prog('self'), { recursion: 'prog' })
  expect(nest(bench, self, self)).toEqual(['task', 'task'])
  const other = attach(create_prog('other'), { recursion: 'prog' })
  expect(nest(bench, self, other)).toEqual(['nmi', 'task', 'task'])
})

test("trap 15: a perf NMI program is suppressed over a map operation of bpf(2), and runs over a program's", () => {
  const bench = new BpfBench()
  const map = create_map('map', 'array', { entries: 1 })
  const perf = attach(create_prog('perf'), { recursion: 'bpf_prog_active' })
  let runs = 0
  const cpu = bench.cpu()
  const task = bench.task(cpu, () => map_update_elem(map, 0, 7))
  const nmi = bench.handler(cpu, Level.Nmi, () =>
    run_hook(perf, function* () {
      runs++
    }),
  )
  bench.stepTo(task, 'copy_map_value')
  bench.finish(nmi)
  bench.finish(task)
  expect(runs).toBe(0)
  expect(map.slots[0]!.data.peek()).toBe(7)
})

test('a sleepable program in a handler is a context violation', () => {
  const bench = new BpfBench()
  const hook = attach(create_prog('prog', { sleepable: true }))
  bench.handler(bench.cpu(), Level.Hardirq, () => run_hook(hook, oneStep()))
  bench.run()
  expect(bench.titles()).toContain('context-violation: run_hook() runs a sleepable program outside a task')
})

test('whatever the schedule, a detached program is freed after its runs, and once', () => {
  for (let seed = 0; seed < 300; seed++) {
    const bench = new BpfBench()
    const map = create_map('map', 'array', { entries: 1 })
    const hook = attach(create_prog('prog', { sleepable: seed % 2 === 0, used_maps: [map] }))
    const cpus = [bench.cpu(), bench.cpu()]
    for (const cpu of cpus) bench.task(cpu, () => run_hook(hook, oneStep()))
    if (!hook.sleepable) bench.handler(cpus[0]!, Level.Nmi, () => run_hook(hook, oneStep()))
    bench.task(bench.cpu(), () => detach(hook))
    bench.task(bench.cpu(), () => bpf_map_put_with_uref(map))
    bench.runRandomly(seed)
    expect(bench.titles()).toEqual([])
    expect(bench.live()).toEqual([])
  }
})
