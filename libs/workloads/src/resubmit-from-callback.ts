/**
 * Work that asks for more. 1 program, 1 value, 2 submits, the second by the callback of the first; 1 CPU, or
 * 2 with the target on the other.
 */
import { type Lab, MAP_TYPES, TARGETS, type Workload } from '@bottom-half/deferred-work'
import { type bpf_map, type bpf_prog, type KernelPath, run_hook } from '@bottom-half/kernel-model'
import { submitFor, type TargetTask, targetTask } from './actors.ts'

export const resubmitFromCallback: Workload = {
  id: 'resubmit-from-callback',
  title: 'Resubmit from the callback',
  question:
    'Can a callback submit for its own value, and is that either refused without effect or run once more?',
  actors: [
    'A task hits an fentry program, which submits; the callback submits for the same value and task again.',
  ],
  maps: MAP_TYPES,
  targets: TARGETS,
  build(lab, parameters) {
    const map = lab.map(parameters.map, ['a'])
    const hook = lab.program('fentry', { map })
    const target = targetTask(lab, parameters)
    lab.task('submitter', lab.cpu(), () => run_hook(hook, (prog) => submitTwice(lab, prog, map, target)))
  },
}

function* submitTwice(lab: Lab, prog: bpf_prog, map: bpf_map, target: TargetTask): KernelPath {
  const held = yield* lab.lookup(map, 'a')
  if (held === null) return
  const task = target()
  yield* lab.submit(prog, held, task, () => submitFor(lab, prog, held, () => task))
}
