/** An NMI inside submit. 2 programs, 1 value, 2 submits; 1 CPU, or 2 with the target on the other. */
import { MAP_TYPES, TARGETS, type Workload } from '@bottom-half/deferred-work'
import { hit, targetTask } from './actors.ts'

export const nmiSubmitDuringSubmit: Workload = {
  id: 'nmi-submit-during-submit',
  title: 'NMI submits during a submit',
  question: 'Can an NMI submit for the very value for which the code that it interrupted is submitting?',
  actors: [
    'A task enters the kernel, where an fentry program submits for the value.',
    'A perf NMI arrives on the same CPU at any point, and its perf_event program submits for the same value.',
  ],
  maps: MAP_TYPES,
  targets: TARGETS,
  build(lab, parameters) {
    const map = lab.map(parameters.map, ['a'])
    const fentry = lab.program('fentry', { map })
    const perf = lab.program('perf_event', { map })
    const target = targetTask(lab, parameters)
    const cpu = lab.cpu()
    lab.task('submitter', cpu, () => hit(lab, fentry, map, ['a'], target))
    lab.nmi(cpu, 'perf NMI', () => hit(lab, perf, map, ['a'], target))
  },
}
