/** What a frame's list of operations is compiled to: a flat list, so that a path is one loop. */
import {
  type Cell,
  type KernelPath,
  LabBug,
  type Machine,
  Oops,
  type raw_spinlock_t,
  Step,
} from '@bottom-half/kernel-model'

/** Of one frame: its registers, then the counters of its loops. */
export type Registers = number[]

/** The shared state of one machine that runs a litmus program. */
export interface World {
  readonly machine: Machine
  /** All words, arrays flattened. */
  readonly cells: readonly Cell<number>[]
  readonly locks: readonly raw_spinlock_t[]
}

/** Either a step, after which the next instruction follows, or something local that says where to go on. */
export type Instruction =
  | {
      readonly step: (world: World, registers: Registers) => Step
      /** Where the result goes; -1: nowhere. */
      readonly into: number
      readonly go: null
    }
  | { readonly step: null; readonly into: -1; readonly go: (registers: Registers) => number }

/** The code of a frame. */
export interface Code {
  readonly instructions: readonly Instruction[]
  /** Its registers and counters at the start: all 0. To be copied. */
  readonly registers: readonly number[]
}

/** A frame that does more with its registers before its next step is taken for one that hangs: about 10 ms. */
const MOST_LOCAL = 1_000_000

/** Runs the code. What goes wrong in an expression is a crash of the frame, at a step of its own. */
export function* run(code: Code, world: World, registers: Registers): KernelPath {
  const { instructions } = code
  let local = 0
  try {
    for (let at = 0; at < instructions.length;) {
      const { step, into, go } = instructions[at]!
      if (step === null) {
        if (++local > MOST_LOCAL)
          throw new Oops('soft-lockup', `soft lockup: no step after ${MOST_LOCAL} operations on registers`)
        at = go(registers)
        continue
      }
      local = 0
      const value = yield step(world, registers)
      if (into >= 0) registers[into] = Number(value)
      at++
    }
  } catch (error) {
    if (!(error instanceof Oops)) throw error
    yield crash(error)
  }
}

/** A step that cannot but crash its frame. */
export function crash(oops: Oops): Step {
  return new Step(
    oops.kind,
    null,
    () => {
      throw oops
    },
    {},
  )
}

/**
 * The step of a primitive that is one access. The primitive's own generator is left behind at that step: a path that yields the
 * step itself is resumed at depth 1, not 3.
 */
export function stepOf(primitive: KernelPath<unknown>): Step {
  const { value, done } = primitive.next()
  if (done === true) throw new LabBug('a primitive without a step')
  return value
}
