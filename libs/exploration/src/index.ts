/** Which step comes next: exhaustive exploration, strategies, replay, minimisation. Knows nothing of BPF. */
export { Causes, type Cause, type Edge } from './causes.ts'
export { chainThrough, type Link } from './chain.ts'
export {
  check,
  type CheckFinding,
  type CheckOptions,
  type CheckResult,
  type CpuSetup,
  type Interrupt,
  programOf,
  replayCheck,
  type Setup,
} from './check.ts'
export { compareCosts, compareSchedules, type Cost, type Costed, preempts } from './cost.ts'
export { ddmin } from './delta.ts'
export { decide, type DecidedFinding, type DecideOptions, type Decision } from './decide.ts'
export type { Deviation } from './deviation.ts'
export { enumerateSchedules } from './enumerate.ts'
export { DescentEstimate, Estimate as TreeEstimate, type Total } from './estimate.ts'
export {
  type Checkpointing,
  type Exploration,
  type ExplorationFigures,
  explore,
  type ExploreOptions,
} from './explore.ts'
export type { ExplorationState } from './exploring.ts'
export { RunFingerprint } from './fingerprint_word.ts'
export type { FoundFinding } from './found.ts'
export { minimise, type Minimised, sameFinding } from './minimise.ts'
export { misfitOf } from './misfit.ts'
export {
  exploreModels,
  type ModelExploration,
  type ModelFinding,
  MODELS,
  modelsUpTo,
  programUnder,
  weakestNeeds,
} from './models.ts'
export type { Program } from './program.ts'
export { progressLine, type ProgressFigures } from './progress_line.ts'
export { deviationsOf, follow, type Followed } from './schedule.ts'
export {
  checkDeclarations,
  type DeclarationCheck,
  type DeclarationOptions,
  type Difference,
} from './states/check_declarations.ts'
export {
  exploreStates,
  type StateExploration,
  type StateFinding,
  type StateOptions,
} from './states/explore_states.ts'
export type { Chance } from './strategies/chance.ts'
export { type Coverage, coverageOf, type Estimate } from './strategies/coverage.ts'
export { pct, type PctOptions } from './strategies/pct.ts'
export { pos } from './strategies/pos.ts'
export { preemptionBounded } from './strategies/preemption_bounded.ts'
export { replay } from './strategies/replay.ts'
export { type Sample, sample, type SampleOptions } from './strategies/sample.ts'
export type { Strategy } from './strategies/strategy.ts'
export { surw, urw } from './strategies/surw.ts'
export { uniformWalk } from './strategies/uniform_walk.ts'
export type { Tally, Teller } from './totals.ts'
export { type Choice, decodeToken, encodeToken, type Offer, type Token } from './token.ts'
