/** What every design offers a workload, and the properties that all must keep. */
export * from './contract.ts'
export { boot, type Booted } from './boot.ts'
export { Lab, type LabMap, type ProgramKind } from './lab.ts'
export { type Property, PROPERTIES, propertyOf } from './properties.ts'
export type { Endings } from './rest.ts'
export type { Ending, Held, Submission } from './submission.ts'
export { MAP_TYPES, type MapType, type Parameters, type Target, TARGETS, type Workload } from './workload.ts'
