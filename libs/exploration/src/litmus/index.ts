/** Small programs as JSON: read, compile, explore. */
export { type BootOptions, type CompileOptions, compileLitmus, type LitmusProgram } from './compile.ts'
export {
  exploreLitmus,
  type ExploreLitmusOptions,
  type LitmusFinding,
  type LitmusResult,
  litmusVersion,
  type LitmusVerdict,
} from './explore_litmus.ts'
export { EXISTS } from './compile_frame.ts'
export { exploreLitmusModels } from './litmus_models.ts'
export { LitmusError } from './litmus_error.ts'
export { type Parsed, parseLitmus, parseLitmusFile } from './parse.ts'
export { replayLitmus } from './replay_litmus.ts'
export { Litmus, MEMORY_MODELS, type MemoryModel } from './schema.ts'
export { CLASSIC, type Shape } from './programs/classic.ts'
export * from './programs/counting.ts'
export { type Interrupted, INTERRUPTS } from './programs/interrupts.ts'
