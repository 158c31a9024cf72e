/** A race for one value. 1 program, 1 value, 2 submits; 2 CPUs. */
import { MAP_TYPES, TARGETS, type Workload } from '@bottom-half/deferred-work'
import type { task_struct } from '@bottom-half/kernel-model'
import { hit } from './actors.ts'

export const twoSubmittersOneValue: Workload = {
  id: 'two-submitters-one-value',
  title: 'Two submitters, one value',
  question:
    'When two CPUs submit for one value, does each accepted submit run once, and a refused one not at all?',
  actors: [
    'A task on CPU0 hits an fentry program, which submits for the value.',
    'A task on CPU1 hits the same program. Each submits for itself, or each for the other.',
  ],
  maps: MAP_TYPES,
  targets: TARGETS,
  build(lab, parameters) {
    const map = lab.map(parameters.map, ['a'])
    const hook = lab.program('fentry', { map })
    const tasks: task_struct[] = []
    for (const mine of [0, 1]) {
      const aim = parameters.target === 'current' ? mine : 1 - mine
      tasks.push(lab.task(`submitter${mine}`, lab.cpu(), () => hit(lab, hook, map, ['a'], () => tasks[aim]!)))
    }
  },
}
