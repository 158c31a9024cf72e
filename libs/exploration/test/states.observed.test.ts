import {
  access,
  addState,
  atomic_fetch_add,
  Cell,
  type KernelPath,
  Level,
  live,
  type Machine,
  Order,
  READ_ONCE,
  running,
  WRITE_ONCE,
} from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { checkDeclarations, enumerateSchedules, exploreStates, type Program } from '../src/index.ts'
import { tasks } from './small_program.ts'

type Paths = (machine: Machine, words: Cell<number>[]) => (() => KernelPath)[]

/** Two words x and y, which are reported at rest, and paths that differ in what they keep of what they saw. */
function program(paths: Paths): Program {
  return tasks('observed', (m) => {
    const words = [new Cell('x', 0), new Cell('y', 0)]
    m.atRest(() => m.report('warn', `x=${words[0]!.peek()} y=${words[1]!.peek()}`))
    return paths(m, words)
  })
}

const writeOne = (x: Cell<number>) =>
  function* (): KernelPath {
    yield* WRITE_ONCE(x, 1)
    yield* WRITE_ONCE(x, 2)
  }

/** A way to carry a value from one step to a later one, past the end of what else could tell the states apart. */
const WAYS: readonly (readonly [string, Paths])[] = [
  [
    'a value that a path looked at without an access',
    (_m, [x, y]) => [
      writeOne(x!),
      function* () {
        yield* READ_ONCE(y!)
        const seen = x!.peek()
        yield* READ_ONCE(y!)
        yield* WRITE_ONCE(y!, seen)
      },
    ],
  ],
  [
    'a value that a handler captured when it was raised, in the step that read it',
    (_m, [x, y]) => [
      writeOne(x!),
      function* () {
        yield* access('raise', x!, (m) => {
          const seen = m.load(x!, Order.Once)
          m.raise('ipi', running().cpu, Level.Hardirq, function* () {
            yield* READ_ONCE(y!)
            yield* WRITE_ONCE(y!, seen)
          })
        })
      },
    ],
  ],
  [
    'a value that a task captured when it was started, by a frame that ended meanwhile',
    (_m, [x, y]) => [
      writeOne(x!),
      function* () {
        yield* access('spawn', x!, (m) => {
          const seen = m.load(x!, Order.Once)
          m.spawn('worker', () => WRITE_ONCE(y!, seen))
        })
      },
    ],
  ],
  [
    'which of two functions of one text a frame that ended has stored',
    (_m, [x, y]) => {
      const work = new Cell<(() => number) | null>('work', null)
      const give = (n: number) => () => n
      const [two, three] = [give(2), give(3)]
      return [
        writeOne(x!),
        function* () {
          const seen = yield* READ_ONCE(x!)
          yield* WRITE_ONCE(work, seen === 0 ? two : three)
        },
        function* () {
          const func = yield* READ_ONCE(work)
          yield* READ_ONCE(y!)
          yield* WRITE_ONCE(y!, func?.() ?? 1)
        },
      ]
    },
  ],
  [
    'which of two objects of one content a frame that ended has stored',
    (_m, [x, y]) => {
      const slot = new Cell<object | null>('slot', null)
      const nodes = [{ name: 'node' }, { name: 'node' }]
      return [
        writeOne(x!),
        function* () {
          const seen = yield* READ_ONCE(x!)
          yield* WRITE_ONCE(slot, nodes[seen === 0 ? 0 : 1]!)
        },
        function* () {
          const node = yield* READ_ONCE(slot)
          yield* READ_ONCE(y!)
          yield* WRITE_ONCE(y!, nodes.indexOf(node as never) + 2)
        },
      ]
    },
  ],
  [
    'a field that no word holds, but addState tells of',
    (_m, [x, y]) => {
      const ghost = { last: 0 }
      addState(() => ghost.last)
      const note = (me: number) =>
        function* (): KernelPath {
          yield* access('note', x!, (m) => {
            m.store(x!, 1, Order.Once)
            ghost.last = me
          })
        }
      const tell = function* (): KernelPath {
        yield* access('tell', y!, (m) => m.store(y!, ghost.last, Order.Once))
      }
      return [note(1), note(2), tell]
    },
  ],
  [
    'a local that is declared',
    (_m, [x, y]) => [
      writeOne(x!),
      function* () {
        const seen = yield* READ_ONCE(x!)
        live('seen', seen)
        yield* READ_ONCE(y!)
        yield* WRITE_ONCE(y!, seen)
      },
    ],
  ],
  [
    'the order in which two handlers were counted, of which one is masked',
    (m, [x, y]) => {
      const cpu = m.addCpu()
      for (const level of [Level.Hardirq, Level.Nmi])
        m.addFrame({
          name: `irq${level}`,
          cpu,
          level,
          immediate: false,
          path: function* () {
            const before = yield* atomic_fetch_add(1, x!)
            if (level === Level.Nmi) yield* WRITE_ONCE(y!, before)
          },
        })
      return []
    },
  ],
]

test.each(WAYS)('two states that differ in %s are not taken for one', (_name, paths) => {
  const brute = new Set<string>()
  enumerateSchedules(program(paths), 100_000, (machine) => {
    for (const { kind, title } of machine.findings) if (kind !== 'data-race') brute.add(title)
  })
  expect(brute.size).toBeGreaterThan(1)
  const { findings, exhausted } = exploreStates(program(paths))
  expect(exhausted).toBe(true)
  expect(findings.map(({ finding }) => finding.title).sort()).toEqual([...brute].sort())
  expect(checkDeclarations(program(paths))).toMatchObject({ complete: true, difference: null })
})
