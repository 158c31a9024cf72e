/** The target exits. 1 program, 1 value, 1 submit, 1 exit; 2 CPUs. */
import { type Lab, MAP_TYPES, type Workload } from '@bottom-half/deferred-work'
import {
  type bpf_hook,
  type bpf_map,
  bpf_task_release,
  do_exit,
  type KernelPath,
  type task_struct,
} from '@bottom-half/kernel-model'
import { hit } from './actors.ts'

export const submitVsTaskExit: Workload = {
  id: 'submit-vs-task-exit',
  title: 'Submit against the exit of the target',
  question:
    'When the target exits while work is submitted for it, is the work done or dropped, and nothing pinned?',
  actors: [
    'A task on CPU0 hits an fentry program, which submits for a target that it refers to, and lets go of it.',
    'The target, on CPU1, exits.',
  ],
  maps: MAP_TYPES,
  targets: ['other-cpu'],
  needs: (capabilities) =>
    capabilities.targetsTask ? null : 'targetsTask: the caller cannot name the task that runs the callback',
  build(lab, parameters) {
    const map = lab.map(parameters.map, ['a'])
    const hook = lab.program('fentry', { map })
    const target = lab.task('target', lab.cpu(), do_exit)
    target.rcu_users.refs.value++
    lab.task('submitter', lab.cpu(), () => submitter(lab, hook, map, target))
  },
}

function* submitter(lab: Lab, hook: bpf_hook, map: bpf_map, target: task_struct): KernelPath {
  yield* hit(lab, hook, map, ['a'], () => target)
  yield* bpf_task_release(target)
}
