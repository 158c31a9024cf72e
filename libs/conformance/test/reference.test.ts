import { WORKLOADS } from '@bottom-half/workloads'
import { describe, expect, test } from 'vitest'
import { exploreCell, shown } from './explored.ts'
import { reference } from './mutants/reference.ts'

describe.for(WORKLOADS)('under $id', (workload) => {
  const cells = workload.maps.flatMap((map) => workload.targets.map((target) => ({ map, target })))
  test.for(cells)(
    'the reference mechanism keeps every property in all schedules ($map, $target)',
    (parameters) => {
      const exploration = exploreCell(reference, workload, parameters)
      expect(shown(exploration)).toEqual([])
      expect(exploration.exhausted).toBe(true)
    },
  )
})
