/**
 * Which reader sections are open: words that have no value, and belong to all frames together, those to come included.
 *
 * A section that begins or ends adds to the word of its kind, so that sections leave each other alone. Whoever asks which are open
 * reads the word: that is before or after each beginning and each end, also of a frame that ended before or was not yet made.
 */

/** Of vanilla RCU: this plus the level of the frame. */
export const RCU_SECTIONS = 0
/** Of RCU Tasks Trace, at any level. */
export const TRACE_SECTIONS = 4
/** How many ids these words take, from 0. */
export const SECTION_WORDS = 5
