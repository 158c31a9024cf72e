/** What the lab itself needs of a design. */
import type { Design } from '@bottom-half/deferred-work'
import { boot, propertyOf } from '@bottom-half/deferred-work'
import { WORKLOADS } from '@bottom-half/workloads'
import * as fc from 'fast-check'
import { anyCell, anySchedule } from '../arbitraries.ts'
import { type Claim, demand } from '../claim.ts'
import { runSchedule } from '../schedule.ts'

/** Random schedules that a claim tries. */
const RUNS = 200

export function robustnessClaims(design: Design): Claim[] {
  const name = 'in no schedule of any workload does it do what only a defect of the lab can do'
  return [
    { name, check: () => checkSchedules(design) },
    { name: 'the same moves give the same run', check: () => checkReplay(design) },
  ]
}

const seed = { seed: 1, numRuns: RUNS }

/** Any exception but a finding would leave runSchedule(); any finding has a property. */
function checkSchedules(design: Design): void {
  const property = fc.property(anyCell(design, WORKLOADS), anySchedule, (cell, choices) => {
    const { machine } = boot(design, cell.revision, cell.workload, cell.parameters)
    runSchedule(machine, choices())
    for (const { kind } of machine.findings) propertyOf(kind)
  })
  fc.assert(property, seed)
}

function checkReplay(design: Design): void {
  const property = fc.property(anyCell(design, WORKLOADS), anySchedule, (cell, choices) => {
    const [first, second] = [choices(), choices()].map((choose) => {
      const { machine } = boot(design, cell.revision, cell.workload, cell.parameters, { tracing: true })
      runSchedule(machine, choose)
      return JSON.stringify([machine.log.map((step) => ({ ...step, stack: null })), machine.findings])
    })
    demand(first === second, `${cell.workload.id}: two runs of one schedule differ`)
  })
  fc.assert(property, { ...seed, numRuns: RUNS / 10 })
}
