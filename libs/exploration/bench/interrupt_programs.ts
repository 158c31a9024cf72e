/** Programs with interrupts: no published tool has them as frames, so formulas count them. */
import {
  atomic_fetch_add,
  Cell,
  type KernelPath,
  Level,
  READ_ONCE,
  WRITE_ONCE,
} from '@bottom-half/kernel-model'
import type { Program } from '../src/index.ts'
import { type Path, programOf, times } from './program_of.ts'

function* writeAll(cells: readonly Cell<number>[]): KernelPath {
  for (const cell of cells) yield* WRITE_ONCE(cell, 1)
}

function* readAll(cells: readonly Cell<number>[]): KernelPath {
  for (const cell of cells) yield* READ_ONCE(cell)
}

/** A task that writes n words in turn, and handlers on its CPU, each of which reads them all. */
function readersOver(name: string, n: number, levels: readonly Level[]): Program {
  return programOf(name, () => {
    const cells = times(n, (i) => new Cell(`x${i}`, 0))
    const path: Path = () => readAll(cells)
    return { tasks: [() => writeAll(cells)], handlers: levels.map((level) => ({ cpu: 0, level, path })) }
  })
}

/** The NMI comes in at one of n + 1 positions. */
export function nmiOver(n: number): Program {
  return readersOver(`NMI over ${n} writes`, n, [Level.Nmi])
}

/** A hardirq, and an NMI that may interrupt it or the task: since both only read, each has its n + 1 positions among the writes. */
export function nestedOver(n: number): Program {
  return readersOver(`hardirq and NMI over ${n} writes`, n, [Level.Hardirq, Level.Nmi])
}

function* addAll(cell: Cell<number>, n: number): KernelPath {
  for (let k = 0; k < n; k++) yield* atomic_fetch_add(1, cell)
}

/** Two CPUs, on each a task that adds n times to one word and a hardirq that adds to it once; all look at the result. */
export function interruptedCounter(n: number): Program {
  return programOf(`2 CPUs with hardirqs, ${n} adds each`, () => {
    const cell = new Cell('x', 0)
    const irq: Path = () => atomic_fetch_add(1, cell)
    const task: Path = () => addAll(cell, n)
    return {
      tasks: [task, task],
      handlers: [0, 1].map((cpu) => ({ cpu, level: Level.Hardirq, path: irq })),
    }
  })
}
