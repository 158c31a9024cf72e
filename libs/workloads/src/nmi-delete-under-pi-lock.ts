/**
 * A delete from where no lock may be taken. 2 programs, 1 value, 1 submit, 1 wake-up, 1 delete; 2 CPUs.
 *
 * Not for lru_hash: its lists are guarded by a raw spinlock until 2026, so that a delete in NMI is wrong
 * under each design.
 */
import { type Lab, TARGETS, type Workload } from '@bottom-half/deferred-work'
import {
  type bpf_map,
  type KernelPath,
  run_hook,
  type task_struct,
  try_to_wake_up,
} from '@bottom-half/kernel-model'
import { hit } from './actors.ts'

export const nmiDeleteUnderPiLock: Workload = {
  id: 'nmi-delete-under-pi-lock',
  title: 'NMI deletes under pi_lock',
  question:
    'Can an NMI delete a value whose work is queued, on top of code that holds the pi_lock of the target?',
  actors: [
    'An fentry program submits for the target on CPU1: on CPU0, or there for the current task.',
    'The task on CPU0 then wakes the target, under the pi_lock of the target.',
    'A perf NMI arrives on CPU0 at any point; its program deletes the key (array: updates in place).',
  ],
  maps: ['array', 'hash'],
  targets: TARGETS,
  build(lab, parameters) {
    const map = lab.map(parameters.map, ['a'])
    const fentry = lab.program('fentry', { map })
    const perf = lab.program('perf_event', { map })
    const own = parameters.target === 'current'
    const submit = (): KernelPath => hit(lab, fentry, map, ['a'], () => target)
    const cpu = lab.cpu()
    const target = lab.task('target', lab.cpu(), own ? submit : nothing)
    lab.task('waker', cpu, () => waker(own ? nothing : submit, target))
    lab.nmi(cpu, 'perf NMI', () => run_hook(perf, () => erase(lab, map)))
  },
}

function* nothing(): KernelPath {}

function* waker(first: () => KernelPath, target: task_struct): KernelPath {
  yield* first()
  yield* try_to_wake_up(target)
}

function* erase(lab: Lab, map: bpf_map): KernelPath {
  yield* lab.erase(map, 'a')
}
