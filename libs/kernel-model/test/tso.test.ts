import { expect, test } from 'vitest'
import * as linux from '../src/index.ts'
import { access, Cell, type KernelPath, Level, Machine, READ_ONCE, smp_mb, WRITE_ONCE } from '../src/index.ts'
import { type Litmus, outcomes, possible, type Thread, type Words } from './litmus.ts'

type Word = keyof Words
type Op = (words: Words) => KernelPath<unknown>

const W =
  (word: Word, value = 1): Op =>
  (words) =>
    WRITE_ONCE(words[word], value)
const R =
  (word: Word): Op =>
  (words) =>
    READ_ONCE(words[word])
const mb: Op = () => smp_mb()
const wmb: Op = () => linux.smp_wmb()
const rmb: Op = () => linux.smp_rmb()
const locked: Op = ({ z }) => linux.atomic_inc(z)
const failedCas: Op = ({ z }) => linux.cmpxchg(z, 7, 8)
const release =
  (word: Word): Op =>
  (words) =>
    linux.smp_store_release(words[word], 1)
const acquire =
  (word: Word): Op =>
  (words) =>
    linux.smp_load_acquire(words[word])

/** A thread whose registers are what its loads gave. */
function thread(...ops: Op[]): Thread {
  return function* (words) {
    const registers: number[] = []
    for (const op of ops) {
      const value = yield* op(words)
      if (typeof value === 'number' && op !== failedCas) registers.push(value)
    }
    return registers
  }
}

/** Each with an outcome that SC forbids, and whether x86 allows it (table 2 of the x86-TSO paper, and herd's names). */
const SHAPES: [string, Thread[], RegExp, boolean][] = [
  ['SB', [thread(W('x'), R('y')), thread(W('y'), R('x'))], /^0 \| 0 ;/, true],
  ['SB+mb+mb', [thread(W('x'), mb, R('y')), thread(W('y'), mb, R('x'))], /^0 \| 0 ;/, false],
  ['SB+mb+po', [thread(W('x'), mb, R('y')), thread(W('y'), R('x'))], /^0 \| 0 ;/, true],
  [
    'SB with locked instructions',
    [thread(W('x'), locked, R('y')), thread(W('y'), locked, R('x'))],
    /^0 \| 0 ;/,
    false,
  ],
  [
    'SB with failed cmpxchg',
    [thread(W('x'), failedCas, R('y')), thread(W('y'), failedCas, R('x'))],
    /^0 \| 0 ;/,
    false,
  ],
  ['SB+wmb+wmb', [thread(W('x'), wmb, R('y')), thread(W('y'), wmb, R('x'))], /^0 \| 0 ;/, true],
  ['SB+rmb+rmb', [thread(W('x'), rmb, R('y')), thread(W('y'), rmb, R('x'))], /^0 \| 0 ;/, true],
  ['SB+rel-acq', [thread(release('x'), acquire('y')), thread(release('y'), acquire('x'))], /^0 \| 0 ;/, true],
  [
    'SB+rfi (each sees its own store first)',
    [thread(W('x'), R('x'), R('y')), thread(W('y'), R('y'), R('x'))],
    /^1,0 \| 1,0 ;/,
    true,
  ],
  ['MP', [thread(W('x'), W('y')), thread(R('y'), R('x'))], /^ \| 1,0 ;/, false],
  ['LB', [thread(R('x'), W('y')), thread(R('y'), W('x'))], /^1 \| 1 ;/, false],
  ['S', [thread(W('x', 2), W('y')), thread(R('y'), W('x'))], /^ \| 1 ; x=2/, false],
  ['R', [thread(W('x'), W('y')), thread(W('y', 2), R('x'))], /^ \| 0 ; x=1 y=2/, true],
  ['R+po+mb', [thread(W('x'), W('y')), thread(W('y', 2), mb, R('x'))], /^ \| 0 ; x=1 y=2/, false],
  ['2+2W', [thread(W('x', 2), W('y')), thread(W('y', 2), W('x'))], /; x=2 y=2/, false],
  ['WRC', [thread(W('x')), thread(R('x'), W('y')), thread(R('y'), R('x'))], /^ \| 1 \| 1,0 ;/, false],
  [
    'IRIW',
    [thread(W('x')), thread(W('y')), thread(R('x'), R('y')), thread(R('y'), R('x'))],
    /^ \| {2}\| 1,0 \| 1,0 ;/,
    false,
  ],
  ['CoRR', [thread(W('x')), thread(R('x'), R('x'))], /^ \| 1,0 ;/, false],
  ['CoWW', [thread(W('x', 1), W('x', 2))], /; x=1/, false],
  ['CoWR (a CPU sees its own store)', [thread(W('x'), R('x'))], /^0 ;/, false],
  ['CoWWR (of two own stores, the newer)', [thread(W('x', 1), W('x', 2), R('x'))], /^1 ;/, false],
]

test.each(SHAPES)('%s: SC forbids it; under TSO it is as on x86', (_, threads, outcome, allowed) => {
  const litmus: Litmus = { threads }
  expect(possible(litmus, 'sc', outcome)).toBe(false)
  expect(possible(litmus, 'tso', outcome)).toBe(allowed)
})

test.each(SHAPES)('%s: TSO allows all that SC allows', (_, threads) => {
  const weak = outcomes({ threads }, 'tso')
  for (const outcome of outcomes({ threads }, 'sc')) expect(weak).toContain(outcome)
})

test.each([Level.Softirq, Level.Hardirq, Level.Nmi])(
  'the entry of a handler of level %i drains the buffer: its loads come after the stores of what it interrupted',
  (level) => {
    // P0 stores x, is interrupted, and the handler reads y: with P1 that is SB with a fence on both sides.
    const order: Litmus = {
      threads: [thread(W('x'), R('z')), thread(W('y'), mb, R('x'))],
      handler: { level, path: thread(W('z'), R('y')) },
    }
    // z is 0 in P0: the handler came after P0, whose store x is in memory then.
    expect(possible(order, 'tso', /^0 \| 0 \| 0 ;/)).toBe(false)
  },
)

test('the return from a handler drains the buffer: its stores come before the loads of what it interrupted', () => {
  const handler = { level: Level.Nmi, path: thread(W('x'), W('z')) }
  const litmus: Litmus = { threads: [thread(R('z'), R('y')), thread(W('y'), mb, R('x'))], handler }
  // z is 1 in P0: it reads y after the handler stored x.
  expect(possible(litmus, 'tso', /^1,0 \| 0 \|/)).toBe(false)
  const inside = { level: Level.Nmi, path: thread(W('x'), R('y')) }
  expect(possible({ threads: litmus.threads, handler: inside }, 'tso', /\| 0 \| 0 ;/)).toBe(true)
})

/** A thread that does all under the lock; the lock is made with the first thread of a machine. */
function locking(): { section: (...ops: Op[]) => Op[]; make: Op } {
  let lock: linux.raw_spinlock_t
  return {
    make: function* () {
      lock = new linux.raw_spinlock_t('lock')
    },
    section: (...ops) => [() => linux.raw_spin_lock(lock), ...ops, () => linux.raw_spin_unlock(lock)],
  }
}

test('a release may be late: a load behind it is performed before it, as on x86', () => {
  const { section, make } = locking()
  const threads = [thread(make, ...section(W('x')), R('y')), thread(W('y'), mb, R('x'))]
  expect(possible({ threads }, 'sc', /^0 \| 0 ;/)).toBe(false)
  expect(possible({ threads }, 'tso', /^0 \| 0 ;/)).toBe(true)
})

test('who takes the lock sees all that its last holder stored', () => {
  const { section, make } = locking()
  const threads = [thread(make, ...section(W('x'), W('y'))), thread(...section(R('x'), R('y')))]
  const seen = [...outcomes({ threads }, 'tso')].map((outcome) => outcome.split(' ; ')[0])
  expect(new Set(seen)).toEqual(new Set([' | 0,0', ' | 1,1']))
})

test('a wait that is relaxed sees the own store, and does not wait for the buffer', () => {
  const waitFor =
    (word: Word): Op =>
    (words) =>
      access('wait', words[word], (m) => m.load(words[word], linux.Order.Once), {
        ready: () => words[word].peek() === 1,
        awaits: [words[word]],
        relaxed: true,
      })
  const threads = [thread(W('x'), waitFor('x'), R('y')), thread(W('y'), mb, R('x'))]
  expect(possible({ threads }, 'tso', /^1,0 \| 0 ;/)).toBe(true)
})

/** Boots two CPUs under TSO, and gives the frames by name. */
function machineOf(...paths: (() => KernelPath<unknown>)[]): {
  machine: Machine
  step: (name: string) => void
} {
  const machine = new Machine({ memory: 'tso' })
  for (const [i, path] of paths.entries())
    machine.addFrame({ name: `P${i}`, cpu: machine.addCpu(), level: Level.Task, path, immediate: false })
  const step = (name: string): void => {
    const frame = machine.frames.find((f) => f.name === name)!
    if (!machine.moves().includes(frame.index << 4)) throw new Error(`${name} cannot move`)
    machine.perform(frame.index << 4)
  }
  return { machine, step }
}

test('entering and leaving the buffer commute: their footprints share no word', () => {
  let words!: Cell<number>[]
  const { machine, step } = machineOf(function* () {
    words = [new Cell('x', 0), new Cell('y', 0)]
    yield* WRITE_ONCE(words[0]!, 1)
    yield* WRITE_ONCE(words[1]!, 1)
  })
  step('P0')
  step('P0')
  const second = machine.footprint.touched
  step('CPU0 store buffer')
  const first = machine.footprint.touched
  expect(second.some((a) => first.some((b) => linux.conflict(a, b)))).toBe(false)
  expect(words.map((word) => word.peek())).toEqual([1, 0])
})

test('the machine rests only with empty buffers', () => {
  let word!: Cell<number>
  const { machine, step } = machineOf(function* () {
    word = new Cell('x', 0)
    yield* WRITE_ONCE(word, 1)
  })
  step('P0')
  expect(word.peek()).toBe(0)
  expect(machine.note).toBe('into the store buffer')
  expect(machine.moves().length).toBe(1)
  step('CPU0 store buffer')
  expect(word.peek()).toBe(1)
  expect(machine.moves()).toEqual([])
  expect(machine.findings).toEqual([])
})

test('a store that leaves the buffer after its memory was freed is a use-after-free', () => {
  let object!: linux.MemoryObject
  const { machine, step } = machineOf(
    function* () {
      object = linux.alloc_object('object')
      yield* WRITE_ONCE(new Cell('word', 0, object), 1)
    },
    () => linux.free_object(object),
  )
  step('P0')
  step('P1')
  step('CPU0 store buffer')
  expect(machine.findings.map(({ kind, involved }) => [kind, involved])).toEqual([
    ['use-after-free', [1, 0, 2]],
  ])
})

test('a grace period ends only after the stores that its readers left in the buffer', () => {
  let word!: Cell<number>
  let seen = -1
  const { machine, step } = machineOf(
    function* () {
      word = new Cell('x', 0)
      yield* linux.rcu_read_lock()
      yield* WRITE_ONCE(word, 1)
      yield* linux.rcu_read_unlock()
    },
    function* () {
      yield* linux.synchronize_rcu()
      seen = yield* READ_ONCE(word)
    },
  )
  step('P0')
  step('P1')
  step('P0')
  step('P0')
  step('P1')
  expect(() => step('P1')).toThrow('cannot move')
  step('CPU0 store buffer')
  step('P1')
  step('P1')
  expect([seen, machine.findings.length]).toEqual([1, 0])
})

test('a store to memory that was freed before is a use-after-free where it is executed', () => {
  let object!: linux.MemoryObject
  const { machine, step } = machineOf(
    function* () {
      object = linux.alloc_object('object')
      yield* WRITE_ONCE(new Cell('word', 0, object), 1)
    },
    () => linux.free_object(object),
  )
  step('P1')
  step('P0')
  expect(machine.findings.map(({ kind, step: at }) => [kind, at])).toEqual([['use-after-free', 1]])
})

/** One side of a message: plain data, and a flag that is released. */
function messageOf(words: () => Cell<number>[]): [() => KernelPath, () => KernelPath] {
  return [
    function* () {
      words()
      yield* linux.plain_write(words()[0]!, 1)
      yield* linux.smp_store_release(words()[1]!, 1)
    },
    function* () {
      yield* linux.smp_load_acquire(words()[1]!)
      yield* linux.plain_read(words()[0]!)
    },
  ]
}

function message(): ReturnType<typeof machineOf> {
  let words: Cell<number>[] | undefined
  return machineOf(...messageOf(() => (words ??= [new Cell('data', 0), new Cell('flag', 0)])))
}

test('a store that is late publishes nothing to the data-race detector before it is in memory', () => {
  const { machine, step } = message()
  for (const name of ['P0', 'P0', 'P1', 'P1']) step(name)
  expect(machine.findings.map(({ kind }) => kind)).toEqual(['data-race'])
})

test('once it is in memory, a late store-release orders what came before it', () => {
  const { machine, step } = message()
  for (const name of ['P0', 'P0', 'CPU0 store buffer', 'CPU0 store buffer', 'P1', 'P1']) step(name)
  expect(machine.findings).toEqual([])
})
