import { expect, test } from 'vitest'
import { exploreLitmus, type Litmus, type LitmusResult, parseLitmusFile } from '../src/litmus/index.ts'

type Ops = Litmus['cpus'][number]['frames'][number]['ops']

/** Explores a program of one task, and gives its findings. */
function findingsOf(ops: Ops, more: Partial<Litmus> = {}): string[] {
  return explored({ cpus: [{ frames: [{ level: 'task', ops }] }], ...more }).findings.map(
    ({ kind, title }) => `${kind}: ${title}`,
  )
}

function explored(more: Partial<Litmus> & Pick<Litmus, 'cpus'>): LitmusResult {
  const text = JSON.stringify({ name: 'P', init: { x: 0, a: [5, 6, 7] }, ...more })
  const [{ litmus, program }] = parseLitmusFile(text) as [ReturnType<typeof parseLitmusFile>[number]]
  return exploreLitmus(litmus, program, { clock: () => 0 })
}

/** Nothing is found iff the task ends with the register at the value. */
const expectEnd = (ops: Ops, condition: string, more: Partial<Litmus> = {}): void => {
  expect(findingsOf(ops, { final: { forall: condition }, ...more })).toEqual([])
  expect(findingsOf(ops, { final: { never: condition }, ...more })).toEqual([
    `condition: at the end: ${condition}`,
  ])
}

test('read-modify-writes give the value found', () => {
  expectEnd([{ op: 'fetch_add', word: 'a[1]', value: 4, into: 'r' }], 'P0:r == 6 && a[1] == 10')
  expectEnd([{ op: 'xchg', word: 'x', value: 9, into: 'r' }], 'P0:r == 0 && x == 9')
  expectEnd([{ op: 'cmpxchg', word: 'x', old: 0, new: 3, into: 'r' }], 'P0:r == 0 && x == 3')
  expectEnd([{ op: 'cmpxchg', word: 'x', old: 1, new: 3, into: 'r' }], 'P0:r == 0 && x == 0')
  expectEnd([{ op: 'add', word: 'x', value: -2 }], 'x == -2')
})

test('reads and writes of every order reach the word', () => {
  for (const order of ['once', 'acquire', 'plain'] as const)
    expectEnd([{ op: 'read', word: 'a[2]', into: 'r', order }], 'P0:r == 7')
  for (const order of ['once', 'release', 'plain'] as const)
    expectEnd([{ op: 'write', word: 'x', value: '2 + 2', order }], 'x == 4')
})

test('an index is computed when its operation is performed', () => {
  expectEnd(
    [
      { op: 'set', register: 'i', value: 0 },
      {
        op: 'repeat',
        times: 3,
        ops: [
          { op: 'write', word: 'a[i]', value: 'i * 10' },
          { op: 'set', register: 'i', value: 'i + 1' },
        ],
      },
    ],
    'a[0] == 0 && a[1] == 10 && a[2] == 20 && P0:i == 3',
  )
})

test('an index outside of its array crashes the frame', () => {
  expect(
    findingsOf([
      { op: 'set', register: 'i', value: 3 },
      { op: 'write', word: 'a[i]', value: 1 },
      { op: 'assert', condition: '0', message: 'not reached' },
    ]),
  ).toEqual(['out-of-bounds: a[3] is outside of a[3]'])
})

test('a division by zero crashes the frame, at boot too', () => {
  expect(
    findingsOf([
      { op: 'set', register: 'i', value: '1 / (0 - 0)' },
      { op: 'write', word: 'x', value: 1 },
    ]),
  ).toEqual(['divide-error: divide error: division by zero'])
})

test('if runs one of its blocks', () => {
  const choice = (value: number): Ops => [
    { op: 'set', register: 'r', value },
    {
      op: 'if',
      condition: 'r == 1',
      ops: [{ op: 'write', word: 'x', value: 10 }],
      else: [{ op: 'write', word: 'x', value: 20 }],
    },
    { op: 'add', word: 'x', value: 1 },
  ]
  expectEnd(choice(1), 'x == 11')
  expectEnd(choice(2), 'x == 21')
  expectEnd([{ op: 'if', condition: '0', ops: [{ op: 'write', word: 'x', value: 10 }] }], 'x == 0')
})

test('a loop ends by its condition, and says so if its bound comes first', () => {
  const loop = (times: number): Ops => [
    { op: 'repeat', times, while: 'r < 3', ops: [{ op: 'set', register: 'r', value: 'r + 1' }] },
  ]
  expectEnd(loop(5), 'P0:r == 3')
  expectEnd(loop(3), 'P0:r == 3')
  expect(findingsOf(loop(2))).toEqual(['repeat-bound: the loop of P0 did not end within 2 passes: r < 3'])
})

test('masks nest, and a handler that masks leaves what it interrupted masked', () => {
  const masked: Ops = [
    { op: 'irq_disable' },
    { op: 'irq_disable' },
    { op: 'irq_enable' },
    { op: 'raise', handler: 'ipi' },
    { op: 'read', word: 'x', into: 'before' },
    { op: 'irq_enable' },
    { op: 'read', word: 'x', into: 'after' },
  ]
  const result = explored({
    handlers: { ipi: { level: 'hardirq', ops: [{ op: 'write', word: 'x', value: 1 }] } },
    cpus: [
      {
        frames: [
          { level: 'task', ops: masked },
          { level: 'nmi', ops: [{ op: 'irq_disable' }, { op: 'mb' }, { op: 'irq_enable' }] },
        ],
      },
    ],
    final: { forall: 'P0:before == 0 && P0:after == 1' },
  })
  expect(result).toMatchObject({ verdict: 'holds', findings: [] })
})

test('to enable interrupts that nobody disabled crashes the frame', () => {
  expect(findingsOf([{ op: 'irq_disable' }, { op: 'irq_enable' }, { op: 'irq_enable' }])).toEqual([
    'unbalanced: irq_enable without irq_disable in P0',
  ])
})

test('nested loops have counters of their own', () => {
  expectEnd(
    [
      {
        op: 'repeat',
        times: 3,
        ops: [{ op: 'repeat', times: 4, ops: [{ op: 'add', word: 'x', value: 1 }] }],
      },
    ],
    'x == 12',
  )
})

test('an assertion that fails is a finding, and the schedule goes on', () => {
  expect(
    findingsOf(
      [
        { op: 'assert', condition: 'r == 1' },
        { op: 'set', register: 'r', value: 1 },
      ],
      {
        final: { forall: 'P0:r == 1' },
      },
    ),
  ).toEqual(['assertion: assertion failed in P0: r == 1'])
})

test('each outcome of a choice comes in some schedule', () => {
  const result = explored({
    cpus: [
      {
        frames: [
          {
            level: 'task',
            ops: [
              { op: 'choose', outcomes: 3, into: 'r' },
              { op: 'sometimes', label: 'two', condition: 'r == 2' },
              { op: 'sometimes', label: 'three', condition: 'r == 3' },
            ],
          },
        ],
      },
    ],
  })
  expect(result).toMatchObject({ executions: 3, classes: 3, verdict: 'violated' })
  expect(result.findings).toEqual([
    { kind: 'never-reached', title: 'no schedule reaches "three"', needs: 'sc', token: null },
  ])
})

test('a wait ends by the value that it waits for, and only by that', () => {
  const cpus = (value: number): Litmus['cpus'] => [
    { frames: [{ level: 'task', ops: [{ op: 'await', word: 'x', equals: 2, into: 'r' }] }] },
    { frames: [{ level: 'task', ops: [{ op: 'write', word: 'x', value }] }] },
  ]
  expect(explored({ cpus: cpus(2), final: { forall: 'P0:r == 2' } })).toMatchObject({ verdict: 'holds' })
  expect(explored({ cpus: cpus(1) }).findings.map(({ kind }) => kind)).toEqual(['deadlock'])
})

test('trylock gives 1 to who takes the lock, and 0 to who does not', () => {
  const task: Ops = [{ op: 'trylock', lock: 'L', into: 'got' }]
  const result = explored({
    locks: ['L'],
    cpus: [{ frames: [{ level: 'task', ops: task }] }, { frames: [{ level: 'task', ops: task }] }],
    final: { forall: 'P0:got + P1:got == 1' },
  })
  expect(result).toMatchObject({ verdict: 'holds', classes: 2 })
})

test('a plain access that races is a data race, a marked one is not', () => {
  const cpus = (order: 'plain' | 'once'): Litmus['cpus'] => [
    { frames: [{ level: 'task', ops: [{ op: 'write', word: 'x', value: 1, order }] }] },
    { frames: [{ level: 'task', ops: [{ op: 'read', word: 'x', into: 'r', order }] }] },
  ]
  expect(explored({ cpus: cpus('plain') }).findings[0]?.kind).toBe('data-race')
  expect(explored({ cpus: cpus('once') }).findings).toEqual([])
})

test('what is not live is 0 from there on', () => {
  expectEnd(
    [
      { op: 'read', word: 'a[0]', into: 'kept' },
      { op: 'read', word: 'a[1]', into: 'dead' },
      { op: 'live', registers: ['kept'] },
    ],
    'P0:kept == 5 && P0:dead == 0',
  )
})

test('a budget that ends makes the verdict inconclusive, and what was not seen unknown', () => {
  const add: Ops = [{ op: 'fetch_add', word: 'x', value: 1, into: 'r' }]
  const text = JSON.stringify({
    name: 'P',
    init: { x: 0 },
    cpus: [{ frames: [{ level: 'task', ops: add }] }, { frames: [{ level: 'task', ops: add }] }],
    final: { exists: 'P0:r == 7' },
  })
  const { litmus, program } = parseLitmusFile(text)[0]!
  const result = exploreLitmus(litmus, program, { clock: () => 0, maxExecutions: 1 })
  expect(result).toMatchObject({ verdict: 'inconclusive', observed: null, executions: 1 })
  expect(result.reason).toBe('the budget of 1 schedules ended')
})
