/**
 * How many equivalence classes a program has, counted without the engine: by growing all classes of unfinished schedules, one
 * step at a time, from the definition of Mazurkiewicz ("Trace theory", Advances in Petri Nets 1986).
 *
 * For tasks only: where a handler can come in, what is equivalent is more than which accesses come in which order.
 */
import { conflict } from '@bottom-half/kernel-model'
import type { Program } from '../src/index.ts'

interface Taken {
  /** `<frame>.<position in the frame>=<outcome>` */
  readonly name: string
  readonly frame: number
  readonly touched: readonly number[]
}

/** Two schedules with equal keys have the same steps, and those that conflict in the same order. */
function keyOf(taken: readonly Taken[]): string {
  const ordered = taken.flatMap((later, i) =>
    taken
      .slice(0, i)
      .filter(
        (earlier) =>
          earlier.frame !== later.frame &&
          earlier.touched.some((a) => later.touched.some((b) => conflict(a, b))),
      )
      .map((earlier) => `${earlier.name}<${later.name}`),
  )
  return [...taken.map(({ name }) => name), ...ordered].sort().join()
}

/** The steps of a schedule, and what can move after it. */
function run(program: Program, schedule: readonly number[]): { taken: Taken[]; moves: number[] } {
  const machine = program.boot({ tracing: false })
  const positions: number[] = []
  const taken = schedule.map((move) => {
    machine.perform(move)
    const frame = move >> 4
    const position = (positions[frame] = (positions[frame] ?? 0) + 1)
    return { name: `${frame}.${position}=${move & 15}`, frame, touched: machine.footprint.touched }
  })
  return { taken, moves: machine.moves() }
}

/** The number of classes of complete schedules. Grows all classes of prefixes: for small programs. */
export function traceClasses(program: Program): number {
  let classes = 0
  for (let open = new Map<string, number[]>([['', []]]); open.size > 0;) {
    const longer = new Map<string, number[]>()
    for (const schedule of open.values()) {
      const { moves } = run(program, schedule)
      if (moves.length === 0) classes++
      for (const move of moves) {
        const next = [...schedule, move]
        longer.set(keyOf(run(program, next).taken), next)
      }
    }
    open = longer
  }
  return classes
}
