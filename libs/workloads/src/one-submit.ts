/** The plain case. 1 program, 1 value, 1 submit; 1 CPU, or 2 with the target on the other. */
import { MAP_TYPES, TARGETS, type Workload } from '@bottom-half/deferred-work'
import { hit, targetTask } from './actors.ts'

export const oneSubmit: Workload = {
  id: 'one-submit',
  title: 'One submit',
  question: 'Does work that nobody disturbs run once, in the promised context, and leave nothing behind?',
  actors: ['A task enters the kernel, where an fentry program submits once.'],
  maps: MAP_TYPES,
  targets: TARGETS,
  build(lab, parameters) {
    const map = lab.map(parameters.map, ['a'])
    const hook = lab.program('fentry', { map })
    const target = targetTask(lab, parameters)
    lab.task('submitter', lab.cpu(), () => hit(lab, hook, map, ['a'], target))
  },
}
