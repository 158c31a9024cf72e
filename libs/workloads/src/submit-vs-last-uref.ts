/**
 * User space lets go of the map. 1 program, 1 value, 1 submit, 1 close; 2 CPUs, or 3 with the target on
 * another.
 */
import { type Lab, MAP_TYPES, TARGETS, type Workload } from '@bottom-half/deferred-work'
import { current } from '@bottom-half/kernel-model'
import { hit, type TargetTask } from './actors.ts'

export const submitVsLastUref: Workload = {
  id: 'submit-vs-last-uref',
  title: 'Submit against the last user reference',
  question:
    'When user space closes the map while a program submits, does what was armed too late stay behind?',
  actors: [
    'A task on CPU0 hits an fentry program, which is still attached and holds the map, and submits.',
    'The target on another CPU is a kernel thread, which does no task work: only a cancel ends its work.',
    "A task on CPU1 closes the map's last file descriptor: usercnt falls to 0, all fields are freed.",
  ],
  maps: MAP_TYPES,
  targets: TARGETS,
  delayedHolders: 1,
  build(lab, parameters) {
    const map = lab.map(parameters.map, ['a'])
    const hook = lab.program('fentry', { map })
    const target = parameters.target === 'current' ? current : sleeper(lab)
    lab.task('submitter', lab.cpu(), () => hit(lab, hook, map, ['a'], target))
    lab.task('owner', lab.cpu(), () => lab.close(map))
  },
}

function sleeper(lab: Lab): TargetTask {
  const task = lab.kthread('target', lab.cpu())
  return () => task
}
