/** Versions that a result depends on. */
import { MODELS } from '@bottom-half/exploration'
import manifest from '../package.json' with { type: 'json' }

/** Of this laboratory. */
export const LAB_VERSION: string = manifest.version

/**
 * Of the kernel model, the designs, the workloads and the order of moves: counts up with each change after which a schedule of
 * before would show something else. Part of every token, so that an older token is refused, not misread.
 */
export const MODEL_VERSION = '1'

/** What else a schedule depends on, as the word that a token carries: the memory model. The first is the usual one. */
export const OPTIONS = MODELS
