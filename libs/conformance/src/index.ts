/** The suite that every design must pass, and random cells and schedules. */
export { type AnyCell, anyCell, anySchedule } from './arbitraries.ts'
export { type Claim, Unmet } from './claim.ts'
export { conformance } from './conformance.ts'
export { runFirst, runSchedule } from './schedule.ts'
