/** What every design must do to be comparable at all. */
import type { Design } from '@bottom-half/deferred-work'
import type { Claim } from './claim.ts'
import { descriptionClaims } from './claims/description.ts'
import { promiseClaims } from './claims/promises.ts'
import { robustnessClaims } from './claims/robustness.ts'
import { serviceClaims } from './claims/service.ts'

/**
 * The claims, to be registered as tests: `for (const { name, check } of conformance(design)) test(name,
 * check)`. They ask for the plain service only. What a design does under contention is for the exploration of
 * the workloads to say.
 */
export function conformance(design: Design): readonly Claim[] {
  return [
    ...descriptionClaims(design),
    ...serviceClaims(design),
    ...promiseClaims(design),
    ...robustnessClaims(design),
  ]
}
