/** What the capabilities promise. */
import type { Design } from '@bottom-half/deferred-work'
import { local_irq_restore, local_irq_save, running, run_hook } from '@bottom-half/kernel-model'
import { type Claim, demand } from '../claim.ts'
import { endOf, scenario, variants } from '../scenario.ts'
import { MAP_TYPES } from '@bottom-half/deferred-work'

export function promiseClaims(design: Design): Claim[] {
  const { cancelsOnDelete, targetsTask } = design.capabilities
  const claims: Claim[] = []
  if (cancelsOnDelete)
    claims.push({
      name: 'freeing the fields of a value cancels work that has not begun',
      check: () => checkCancel(design),
    })
  if (targetsTask)
    claims.push({
      name: 'the task that was named runs the callback, on its own CPU',
      check: () => checkTarget(design),
    })
  return claims
}

function checkCancel(design: Design): void {
  for (const { revision, parameters, label } of variants(design, { maps: MAP_TYPES, targets: ['current'] })) {
    const workload = scenario('cancel', (lab) => {
      const map = lab.map(parameters.map, ['a'])
      const hook = lab.program('fentry', { map })
      lab.task('submitter', lab.cpu(), function* () {
        const flags = yield* local_irq_save()
        yield* run_hook(hook, function* (prog) {
          yield* lab.submit(prog, (yield* lab.lookup(map, 'a'))!, lab.tasks[0]!)
          yield* lab.erase(map, 'a')
        })
        yield* local_irq_restore(flags)
      })
    })
    const { lab, endings } = endOf(design, revision, workload, parameters)
    const runs = lab.submissions[0]!.runs.length
    demand(
      endings.length === 1 && runs === 0,
      `${label}: ${endings.length} accepted, the callback ran ${runs} times`,
    )
  }
}

function checkTarget(design: Design): void {
  for (const { revision, parameters, label } of variants(design, {
    maps: ['array'],
    targets: ['other-cpu'],
  })) {
    const seen: [unknown, number][] = []
    const workload = scenario('target', (lab) => {
      const map = lab.map(parameters.map, ['a'])
      const hook = lab.program('fentry', { map })
      const target = lab.task('target', lab.cpu(), function* () {})
      lab.task('submitter', lab.cpu(), () =>
        run_hook(hook, function* (prog) {
          yield* lab.submit(prog, (yield* lab.lookup(map, 'a'))!, target, function* () {
            seen.push([running().task, running().cpu.id])
          })
        }),
      )
    })
    const { lab } = endOf(design, revision, workload, parameters)
    const target = lab.tasks[0]!
    demand(
      seen.length === 1 && seen[0]![0] === target && seen[0]![1] === target.cpu.id,
      `${label}: another task ran it`,
    )
  }
}
