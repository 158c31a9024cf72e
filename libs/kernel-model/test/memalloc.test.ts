import { expect, test } from 'vitest'
import {
  bpf_global_ma,
  bpf_mem_alloc,
  bpf_mem_alloc_get,
  bpf_mem_free,
  bpf_mem_free_rcu,
} from '../src/bpf/memalloc.ts'
import { samePointer } from '../src/linux/atomic.ts'
import { READ_ONCE } from '../src/linux/barrier.ts'
import { local_irq_restore, local_irq_save } from '../src/linux/preempt.ts'
import { rcu_read_lock, rcu_read_unlock } from '../src/linux/rcupdate.ts'
import { type Allocated, Cell, type KernelPath, Level, type MemoryObject } from '../src/machine/index.ts'
import { BpfBench } from './bpf_bench.ts'

class Item implements Allocated {
  readonly object: MemoryObject
  readonly word: Cell<number>

  constructor(object: MemoryObject) {
    this.object = object
    this.word = new Cell('word', 0, object)
  }
}

const make = (object: MemoryObject): Item => new Item(object)

/** A bench with an allocator that nobody else uses. */
function boot(prefill = 4): { bench: BpfBench; ma: bpf_mem_alloc } {
  const bench = new BpfBench()
  return { bench, ma: new bpf_mem_alloc('ma', { prefill }) }
}

test('an allocation is four steps', () => {
  const { bench, ma } = boot()
  const task = bench.task(bench.cpu(), () => bpf_mem_alloc_get(ma, make))
  const ops: (string | null)[] = []
  while (!bench.done(task)) {
    ops.push(bench.op(task))
    bench.step(task)
  }
  expect(ops).toEqual(['local_irq_save', 'unit_alloc', 'local_dec', 'local_irq_restore'])
})

test('trap 6: freed memory is given out at once to the next allocation of the CPU, as a new object on the same address', () => {
  const { bench, ma } = boot()
  let items: (Item | null)[] = []
  bench.task(bench.cpu(), function* () {
    const first = yield* bpf_mem_alloc_get(ma, make, 'ctx')
    yield* bpf_mem_free(ma, first!)
    items = [first, yield* bpf_mem_alloc_get(ma, make, 'ctx')]
  })
  bench.run()
  const [first, second] = items
  expect(samePointer(first, second)).toBe(true)
  expect(first!.object).not.toBe(second!.object)
  expect(first!.object.reusedAs).toBe(second!.object)
  expect(bench.live()).toEqual(['ctx#2'])
})

test('memory that was freed on one CPU is not given out on another', () => {
  const { bench, ma } = boot()
  let first: Item | null = null
  let second: Item | null = null
  bench.finish(
    bench.task(bench.cpu(), function* () {
      first = yield* bpf_mem_alloc_get(ma, make)
      yield* bpf_mem_free(ma, first!)
    }),
  )
  bench.finish(
    bench.task(bench.cpu(), function* () {
      second = yield* bpf_mem_alloc_get(ma, make)
    }),
  )
  expect(second).not.toBeNull()
  expect(samePointer(first, second)).toBe(false)
})

test('a touch of freed memory is a use-after-free until it is given out again, and a stale-pointer then', () => {
  for (const again of [false, true]) {
    const { bench, ma } = boot()
    const task = bench.task(bench.cpu(), function* () {
      const first = yield* bpf_mem_alloc_get(ma, make, 'ctx')
      yield* bpf_mem_free(ma, first!)
      if (again) yield* bpf_mem_alloc_get(ma, make, 'other')
      yield* READ_ONCE(first!.word)
    })
    bench.finishOrHalt(task)
    expect(bench.titles()).toEqual([
      again
        ? 'stale-pointer: ctx.word touched after its memory was given out again as other'
        : 'use-after-free: use after free of ctx.word',
    ])
  }
})

test('a second free is a double-free, also when the memory was given out again', () => {
  for (const again of [false, true]) {
    const { bench, ma } = boot()
    const task = bench.task(bench.cpu(), function* () {
      const first = yield* bpf_mem_alloc_get(ma, make, 'ctx')
      yield* bpf_mem_free(ma, first!)
      if (again) yield* bpf_mem_alloc_get(ma, make, 'other')
      yield* bpf_mem_free(ma, first!)
    })
    bench.finishOrHalt(task)
    const reused = again ? ', given out again as other' : ''
    expect(bench.titles()).toEqual([`double-free: double free of ctx${reused}`])
  }
})

test('trap 16: an NMI inside the active window gets NULL though the list is full, and memory outside of it', () => {
  for (const [op, expected] of [
    ['local_irq_save', true],
    ['unit_alloc', true],
    ['local_dec', false],
    ['local_irq_restore', true],
  ] as const) {
    const { bench, ma } = boot()
    const cpu = bench.cpu()
    const got: (Item | null)[] = []
    const alloc = function* (): KernelPath {
      got.push(yield* bpf_mem_alloc_get(ma, make))
    }
    const task = bench.task(cpu, alloc)
    const nmi = bench.handler(cpu, Level.Nmi, alloc)
    bench.stepTo(task, op)
    bench.finish(nmi)
    bench.finish(task)
    expect(got.map((item) => item !== null)).toEqual([expected, true])
    expect(samePointer(got[0], got[1])).toBe(false)
    expect(bench.titles()).toEqual([])
  }
})

test('what an NMI frees inside the active window is freed, and not given out again at once', () => {
  const { bench, ma } = boot()
  const cpu = bench.cpu()
  const got: (Item | null)[] = []
  const task = bench.task(cpu, function* () {
    for (let i = 0; i < 3; i++) got.push(yield* bpf_mem_alloc_get(ma, make))
  })
  const nmi = bench.handler(cpu, Level.Nmi, () => bpf_mem_free(ma, got[0]!))
  while (got.length === 0) bench.step(task)
  bench.stepTo(task, 'local_dec')
  bench.finish(nmi)
  bench.finish(task)
  expect(got[0]!.object.life.peek()).toBe('freed')
  expect(got[0]!.object.reusedAs).toBeNull()
  expect(bench.live()).toHaveLength(2)
})

test('trap 16: each allocation from bpf_global_ma can fail, as others may have emptied the list', () => {
  const bench = new BpfBench()
  const got: (Item | null)[] = []
  const task = bench.task(bench.cpu(), function* () {
    for (let i = 0; i < 2; i++) got.push(yield* bpf_mem_alloc_get(bpf_global_ma(), make))
  })
  for (const outcome of [1, 0]) {
    bench.stepTo(task, 'unit_alloc')
    expect(bench.machine.moves()).toHaveLength(2)
    bench.step(task, outcome)
  }
  bench.finish(task)
  expect(got.map((item) => item === null)).toEqual([true, false])
})

test('the machine has one bpf_global_ma, and another machine has another', () => {
  const first = (new BpfBench(), bpf_global_ma())
  expect(bpf_global_ma()).toBe(first)
  expect((new BpfBench(), bpf_global_ma())).not.toBe(first)
})

test('trap 16: an exhausted list fails until interrupts come on and the refill runs', () => {
  const { bench, ma } = boot(2)
  const got: (Item | null)[] = []
  const alloc = function* (): KernelPath {
    got.push(yield* bpf_mem_alloc_get(ma, make))
  }
  bench.task(bench.cpu(), function* () {
    const flags = yield* local_irq_save()
    for (let i = 0; i < 4; i++) yield* alloc()
    yield* local_irq_restore(flags)
    yield* alloc()
  })
  bench.run()
  expect(got.map((item) => item !== null)).toEqual([true, true, false, false, true])
})

test('an NMI inside the refill gets NULL', () => {
  const { bench, ma } = boot(1)
  const cpu = bench.cpu()
  let got: Item | null | undefined
  const task = bench.task(cpu, () => bpf_mem_alloc_get(ma, make))
  const nmi = bench.handler(cpu, Level.Nmi, function* () {
    got = yield* bpf_mem_alloc_get(ma, make)
  })
  bench.finish(task)
  const refill = bench.machine.frames.findIndex((frame) => frame.name.includes('irq_work'))
  bench.stepTo(refill, 'alloc_bulk')
  bench.step(refill)
  bench.finish(nmi)
  expect(got).toBeNull()
})

test('memory that was freed with bpf_mem_free_rcu may be touched by readers until a grace period has passed', () => {
  const { bench, ma } = boot()
  let item: Item | null = null
  bench.finish(
    bench.task(bench.cpu(), function* () {
      item = yield* bpf_mem_alloc_get(ma, make)
    }),
  )
  const reader = bench.task(bench.cpu(), function* () {
    yield* rcu_read_lock()
    yield* READ_ONCE(item!.word)
    yield* rcu_read_unlock()
  })
  const freer = bench.task(bench.cpu(), () => bpf_mem_free_rcu(ma, item!))
  bench.step(reader)
  bench.finish(freer)
  for (let moves = bench.enabled(); moves.some((f) => f !== reader); moves = bench.enabled())
    bench.step(moves.find((f) => f !== reader)!)
  expect(item!.object.life.peek()).toBe('live')
  expect(bench.live()).toEqual([])
  bench.run()
  expect(item!.object.life.peek()).toBe('freed')
  expect(bench.titles()).toEqual([])
})

test('freeing with bpf_mem_free_rcu and once more is a double-free, whichever comes first', () => {
  const orders = [
    [bpf_mem_free_rcu, bpf_mem_free],
    [bpf_mem_free, bpf_mem_free_rcu],
    [bpf_mem_free_rcu, bpf_mem_free_rcu],
  ]
  for (const [first, second] of orders) {
    const { bench, ma } = boot()
    const task = bench.task(bench.cpu(), function* () {
      const item = yield* bpf_mem_alloc_get(ma, make, 'ctx')
      const flags = yield* local_irq_save()
      yield* first!(ma, item!)
      yield* second!(ma, item!)
      yield* local_irq_restore(flags)
    })
    bench.finishOrHalt(task)
    expect(bench.titles()).toEqual(['double-free: double free of ctx'])
  }
})

test('two contexts on two CPUs that allocate and free at will never meet on one object', () => {
  for (let seed = 0; seed < 200; seed++) {
    const { bench, ma } = boot(2)
    const cpus = [bench.cpu(), bench.cpu()]
    const churn = function* (): KernelPath {
      for (let i = 0; i < 3; i++) {
        const item = yield* bpf_mem_alloc_get(ma, make)
        if (item === null) continue
        yield* READ_ONCE(item.word)
        if (i === 1) yield* bpf_mem_free_rcu(ma, item)
        else yield* bpf_mem_free(ma, item)
      }
    }
    for (const cpu of cpus) {
      bench.task(cpu, churn)
      bench.handler(cpu, Level.Hardirq, churn)
      bench.handler(cpu, Level.Nmi, churn)
    }
    bench.runRandomly(seed)
    expect(bench.titles()).toEqual([])
    expect(bench.live()).toEqual([])
  }
})
