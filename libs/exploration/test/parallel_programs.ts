/** What the threads of the tests explore: made from an argument, the same in each thread. */
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { counter, lastzero } from '../bench/programs.ts'
import type { Work } from '../src/node/index.ts'
import { lateReference } from './reference_programs.ts'
import { endStates, type Family, programOf, randomSketch, type Sketch } from './random_program.ts'

/** The n-th random program of a family; its end states are counted. */
export function random({ family, seed, n }: { family: Family; seed: number; n: number }): Work {
  const rng = xoroshiro128plus(seed + n)
  return {
    program: programOf(randomSketch((below) => uniformInt(rng, 0, below - 1), family)),
    tally: (machine, count) => count(endStates.get(machine)!()),
  }
}

const PUBLISHED = { counter, lastzero }

export default function published([name, ...sizes]: ['counter' | 'lastzero', number, number]): Work {
  return { program: PUBLISHED[name](...sizes) }
}

export function late(): Work {
  return { program: lateReference() }
}

export function sketched(sketch: Sketch): Work {
  return { program: programOf(sketch) }
}

export function broken(): Work {
  throw new Error('[lab bug] nothing to explore')
}
