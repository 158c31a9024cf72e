/** Random small programs: drawn by family, run as programs, compared by their end states. */
export { randomSketch } from './random/families.ts'
export { type Family, FAMILIES } from './random/plans.ts'
export { endStates, programOf } from './random/program.ts'
export type { Op, Sketch } from './random/sketch.ts'
