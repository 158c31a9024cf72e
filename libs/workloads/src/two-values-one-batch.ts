/**
 * Two items in one interrupt. 1 program, 2 values, 2 submits with interrupts off; 1 CPU, or 2 with the target
 * on the other.
 */
import { MAP_TYPES, TARGETS, type Workload } from '@bottom-half/deferred-work'
import { type KernelPath, local_irq_restore, local_irq_save } from '@bottom-half/kernel-model'
import { hit, targetTask } from './actors.ts'

export const twoValuesOneBatch: Workload = {
  id: 'two-values-one-batch',
  title: 'Two values, one batch',
  question: 'When two values are submitted before the irq_work can run, are both callbacks run?',
  actors: ['A task runs kernel code with interrupts off, where an fentry program submits for two values.'],
  maps: MAP_TYPES,
  targets: TARGETS,
  build(lab, parameters) {
    const map = lab.map(parameters.map, ['a', 'b'])
    const hook = lab.program('fentry', { map })
    const target = targetTask(lab, parameters)
    lab.task('submitter', lab.cpu(), () => irqsOff(() => hit(lab, hook, map, ['a', 'b'], target)))
  },
}

function* irqsOff(submit: () => KernelPath): KernelPath {
  const flags = yield* local_irq_save()
  yield* submit()
  yield* local_irq_restore(flags)
}
