/**
 * The value goes away. 1 program, 1 value, 1 submit, 1 delete, at most 1 insert; 2 CPUs, or 3 with the target
 * on another.
 */
import { type Lab, MAP_TYPES, TARGETS, type Workload } from '@bottom-half/deferred-work'
import { type bpf_map, type KernelPath, map_update_elem } from '@bottom-half/kernel-model'
import { hit, targetTask, userSpaceGoesOn } from './actors.ts'

export const submitVsDelete: Workload = {
  id: 'submit-vs-delete',
  title: 'Submit against delete',
  question: 'When the value is deleted while work is submitted for it, is the work done before or never?',
  actors: [
    'A task on CPU0 hits an fentry program, which looks up the value and submits for it.',
    'A task on CPU1 deletes the key by bpf(2); in an array, which cannot, it updates the value in place.',
    'Where the target is the current task, it may then insert another key, which gets the same slot.',
  ],
  maps: MAP_TYPES,
  targets: TARGETS,
  build(lab, parameters) {
    const map = lab.map(parameters.map, ['a'], ['b'])
    const hook = lab.program('fentry', { map })
    const insert = parameters.map !== 'array' && parameters.target === 'current'
    const target = targetTask(lab, parameters)
    lab.task('submitter', lab.cpu(), () => hit(lab, hook, map, ['a'], target))
    lab.task('deleter', lab.cpu(), () => deleter(lab, map, insert))
  },
}

function* deleter(lab: Lab, map: bpf_map, insert: boolean): KernelPath {
  yield* lab.eraseBySyscall(map, 'a')
  if (insert && (yield* userSpaceGoesOn())) yield* map_update_elem(map, 'b', 1)
}
