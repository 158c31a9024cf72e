/** Which step comes next: exhaustive exploration, replay, minimisation. Knows nothing of BPF. */
export { enumerateSchedules } from './enumerate.ts'
export { type Exploration, explore, type ExploreOptions, type FoundFinding } from './explore.ts'
export { minimise, type Minimised, sameFinding } from './minimise.ts'
export type { Program } from './program.ts'
export { randomWalk, type Walk, type WalkOptions } from './random_walk.ts'
export { type Deviation, deviationsOf, follow, type Followed } from './schedule.ts'
export { decodeToken, encodeToken, type Token } from './token.ts'
