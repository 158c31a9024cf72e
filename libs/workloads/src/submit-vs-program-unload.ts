/** The program goes away. 1 program, 1 value, 1 submit, 1 detach; 2 CPUs, or 3 with the target on another. */
import { MAP_TYPES, TARGETS, type Workload } from '@bottom-half/deferred-work'
import { hit, targetTask } from './actors.ts'

export const submitVsProgramUnload: Workload = {
  id: 'submit-vs-program-unload',
  title: 'Submit against unloading the program',
  question:
    'When the program is unloaded while it submits, does its callback find it, and does the unload end?',
  actors: [
    'A task on CPU0 hits an fentry program, which submits.',
    'A task on CPU1 detaches the program and drops the last reference that user space has of it.',
  ],
  maps: MAP_TYPES,
  targets: TARGETS,
  build(lab, parameters) {
    const map = lab.map(parameters.map, ['a'])
    const hook = lab.program('fentry', { map })
    const target = targetTask(lab, parameters)
    lab.task('submitter', lab.cpu(), () => hit(lab, hook, map, ['a'], target))
    lab.task('owner', lab.cpu(), () => lab.detach(hook))
  },
}
