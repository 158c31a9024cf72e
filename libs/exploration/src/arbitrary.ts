/**
 * Schedules of a program for fast-check: a property of all schedules is checked on random ones, and the one that breaks it is
 * shrunk towards the plain schedule. An entry of its own, `@bottom-half/exploration/arbitrary`: nothing else needs fast-check.
 */
import { Arbitrary, type Random, stream, type Stream, Value } from 'fast-check'
import { MOST_STEPS } from './bounds.ts'
import { type Deviation, plainChoice } from './deviation.ts'
import type { Program } from './program.ts'
import { follow, type Followed } from './schedule.ts'

export interface ScheduleConstraints {
  /** How many deviations a schedule has on average, at most. Default: 4. */
  readonly maxDeviations?: number
  /** A schedule is cut after so many steps. Default: 5000. */
  readonly maxSteps?: number
}

type Schedule = readonly Deviation[]

/**
 * Schedules as deviations from the plain one; `follow(program, deviations)` runs one. All of them are possible and make a
 * difference. Shrinks to fewer deviations first, then to earlier ones, then to smaller indices.
 */
export function scheduleArbitrary(
  program: Program,
  constraints: ScheduleConstraints = {},
): Arbitrary<Schedule> {
  return new ScheduleArbitrary(program, constraints.maxDeviations ?? 4, constraints.maxSteps ?? MOST_STEPS)
}

class ScheduleArbitrary extends Arbitrary<Schedule> {
  private readonly program: Program
  private readonly maxDeviations: number
  private readonly maxSteps: number
  /** The number of steps of the plain schedule, once it is known. */
  private length = 0

  constructor(program: Program, maxDeviations: number, maxSteps: number) {
    super()
    this.program = program
    this.maxDeviations = maxDeviations
    this.maxSteps = maxSteps
  }

  override generate(chance: Random): Value<Schedule> {
    if (this.length === 0) this.length = Math.max(1, this.run([]).machine.steps)
    const wanted = chance.nextInt(0, this.maxDeviations)
    const machine = this.program.boot({ tracing: false })
    const deviations: Deviation[] = []
    let last = -1
    for (let step = 0; step < this.maxSteps; step++) {
      const moves = machine.moves()
      if (moves.length === 0) break
      let index = plainChoice(moves, last)
      if (moves.length > 1 && chance.nextInt(1, this.length) <= wanted) {
        index = (index + chance.nextInt(1, moves.length - 1)) % moves.length
        deviations.push({ step, index })
      }
      last = moves[index]! >> 4
      machine.perform(moves[index]!)
    }
    return new Value<Schedule>(deviations, undefined)
  }

  override canShrinkWithoutContext(value: unknown): value is Schedule {
    return Array.isArray(value)
  }

  override shrink(schedule: Schedule): Stream<Value<Schedule>> {
    return stream(this.smaller(schedule))
  }

  /** Candidates, the boldest first. Each is less than the schedule, so that shrinking comes to an end. */
  private *smaller(schedule: Schedule): IterableIterator<Value<Schedule>> {
    const tried = new Set<string>()
    const length = this.run(schedule).machine.steps
    for (const candidate of candidatesOf(schedule, length)) {
      const made = this.run(candidate).deviations.map(({ step, index }) => ({ step, index }))
      const key = JSON.stringify(made)
      if (tried.has(key) || !isLess(made, schedule)) continue
      tried.add(key)
      yield new Value<Schedule>(made, undefined)
    }
  }

  private run(schedule: Schedule): Followed {
    return follow(this.program, schedule, { maxSteps: this.maxSteps })!
  }
}

/** Fewer deviations; of as many, the sum of steps is smaller; of the same, the sum of indices. */
function isLess(a: Schedule, b: Schedule): boolean {
  const sum = (schedule: Schedule, key: keyof Deviation): number =>
    schedule.reduce((total, deviation) => total + deviation[key], 0)
  return (a.length - b.length || sum(a, 'step') - sum(b, 'step') || sum(a, 'index') - sum(b, 'index')) < 0
}

/** `length`: how many steps the schedule has. */
function* candidatesOf(schedule: Schedule, length: number): IterableIterator<Schedule> {
  yield* withoutParts(schedule)
  yield* withOneLess(schedule, length)
  yield* withOneChanged(schedule)
}

/** Half of it first, at last each single deviation. */
function* withoutParts(schedule: Schedule): IterableIterator<Schedule> {
  for (let size = schedule.length; size >= 1; size = Math.floor(size / 2))
    for (let from = 0; from < schedule.length; from += size)
      yield schedule.filter((_, i) => i < from || i >= from + size)
}

/**
 * Without one deviation, and with another one elsewhere: two frames can be preempted for each other in two ways, and a schedule that
 * took the longer one has no deviation that can merely be dropped.
 */
function* withOneLess(schedule: Schedule, length: number): IterableIterator<Schedule> {
  for (const dropped of schedule)
    for (const moved of schedule) {
      if (moved === dropped) continue
      const rest = schedule.filter((one) => one !== dropped && one !== moved)
      for (let step = 0; step < length; step++)
        yield [...rest, { step, index: moved.index }].sort((a, b) => a.step - b.step)
    }
}

/** With one deviation earlier, as early as possible first, or of a smaller index. */
function* withOneChanged(schedule: Schedule): IterableIterator<Schedule> {
  for (const [i, { step, index }] of schedule.entries()) {
    const before = i === 0 ? -1 : schedule[i - 1]!.step
    const changed = (by: Deviation): Schedule => schedule.map((old, at) => (at === i ? by : old))
    for (let gap = step - before - 1; gap >= 1; gap = Math.floor(gap / 2))
      yield changed({ step: step - gap, index })
    for (let smaller = 0; smaller < index; smaller++) yield changed({ step, index: smaller })
  }
}
