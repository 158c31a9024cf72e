/** What needs Node: checkpoints in files, threads, and the output. */
export { CheckpointError, type Identity, readCheckpoint, writeCheckpoint } from './checkpoint_file.ts'
export { exploreParallel, type ParallelOptions, type Work } from './explore_parallel.ts'
export { tolerateClosedOutput } from './output.ts'
export { Pace } from './pace.ts'
export { stateFromJson, StateJson, stateToJson } from './state_json.ts'
