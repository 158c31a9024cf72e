/** What every program may rely on when nobody disturbs it. */
import type { Booted, Design } from '@bottom-half/deferred-work'
import { propertyOf } from '@bottom-half/deferred-work'
import {
  type bpf_map,
  type bpf_map_value,
  local_irq_restore,
  local_irq_save,
  run_hook,
  TASK_RCU_USERS,
} from '@bottom-half/kernel-model'
import { WORKLOADS } from '@bottom-half/workloads'
import { type Claim, demand } from '../claim.ts'
import { endOf, scenario, variants } from '../scenario.ts'

const oneSubmit = WORKLOADS.find((w) => w.id === 'one-submit')!

export function serviceClaims(design: Design): Claim[] {
  return [
    {
      name: 'an accepted submit runs its callback once, in the promised context',
      check: () => checkOneRun(design),
    },
    {
      name: 'the callback gets the value of its submit, its map, and its key unless the design passes none',
      check: () => checkArguments(design),
    },
    {
      name: 'a submit for a value whose work is in flight is refused as busy, without effect',
      check: () => checkBusy(design),
    },
    {
      name: 'the values of a map are independent: each has a field of its own, which is unused',
      check: () => checkFields(design),
    },
    {
      name: 'teardown gives back each reference of a program, a task and a map',
      check: () => checkTeardown(design),
    },
  ]
}

/** Findings of the properties that a single undisturbed submit must keep. */
function complaints({ machine }: Booted, ...properties: string[]): string {
  return machine.findings
    .filter((f) => properties.includes(propertyOf(f.kind)))
    .map((f) => `${f.kind}: ${f.title}`)
    .join('; ')
}

function checkOneRun(design: Design): void {
  for (const { revision, parameters, label } of variants(design, oneSubmit)) {
    const booted = endOf(design, revision, oneSubmit, parameters)
    const found = complaints(
      booted,
      'exactly-once',
      'callback-context',
      'no-callback-after-free',
      'no-value-stuck',
    )
    demand(found === '', `${label}: ${found}`)
    const [first] = booted.lab.submissions
    demand(
      first !== undefined && first.outcome === 'accepted',
      `${label}: the submit was ${first?.outcome ?? 'never made'}`,
    )
    demand(first.runs.length === 1, `${label}: the callback ran ${first.runs.length} times`)
    const probes = booted.lab.submissions.filter((s) => s.probe)
    demand(
      probes.length === 1 && probes[0]!.outcome === 'accepted',
      `${label}: afterwards the value is not usable`,
    )
  }
}

/** Position of the key among the arguments of a callback. */
const KEY = 1

function checkArguments(design: Design): void {
  for (const { revision, parameters, label } of variants(design, { ...oneSubmit, targets: ['current'] })) {
    const got: [bpf_map, unknown, bpf_map_value][] = []
    let expected: unknown[] = []
    const workload = scenario('arguments', (lab) => {
      const map = lab.map(parameters.map, ['a'])
      const hook = lab.program('fentry', { map })
      lab.task('submitter', lab.cpu(), () =>
        run_hook(hook, function* (prog) {
          const held = (yield* lab.lookup(map, 'a'))!
          expected = [map, 'a', held.value]
          yield* lab.submit(prog, held, lab.tasks[0]!, function* (...args) {
            got.push(args)
          })
        }),
      )
    })
    endOf(design, revision, workload, parameters)
    const [args] = got
    demand(got.length === 1 && args !== undefined, `${label}: the callback ran ${got.length} times`)
    const same = args.every((arg, i) => arg === expected[i] || (i === KEY && arg === null))
    demand(same, `${label}: the callback got something else`)
  }
}

function checkBusy(design: Design): void {
  for (const { revision, parameters, label } of variants(design, { ...oneSubmit, targets: ['current'] })) {
    const workload = scenario('busy', (lab) => {
      const map = lab.map(parameters.map, ['a'])
      const hook = lab.program('fentry', { map })
      lab.task('submitter', lab.cpu(), function* () {
        const flags = yield* local_irq_save()
        yield* run_hook(hook, function* (prog) {
          const held = (yield* lab.lookup(map, 'a'))!
          yield* lab.submit(prog, held, lab.tasks[0]!)
          yield* lab.submit(prog, held, lab.tasks[0]!)
        })
        yield* local_irq_restore(flags)
      })
    })
    const { lab } = endOf(design, revision, workload, parameters)
    const seen = lab.submissions.filter((s) => !s.probe).map((s) => `${s.outcome}, ${s.runs.length} runs`)
    demand(seen.join(' / ') === 'accepted, 1 runs / busy, 0 runs', `${label}: ${seen.join(' / ')}`)
  }
}

function checkFields(design: Design): void {
  for (const { revision, parameters, label } of variants(design, { ...oneSubmit, targets: ['current'] })) {
    const workload = scenario('fields', (lab) => {
      const map = lab.map(parameters.map, ['a', 'b'])
      const hook = lab.program('fentry', { map })
      const fields = map.slots.map((value) => value.field)
      demand(new Set(fields).size === fields.length, `${label}: two values share a field`)
      lab.task('submitter', lab.cpu(), () =>
        run_hook(hook, function* (prog) {
          for (const key of ['a', 'b']) yield* lab.submit(prog, (yield* lab.lookup(map, key))!, lab.tasks[0]!)
        }),
      )
    })
    const { lab } = endOf(design, revision, workload, parameters)
    const seen = lab.submissions.filter((s) => !s.probe).map((s) => s.outcome)
    demand(
      seen.join() === 'accepted,accepted',
      `${label}: the first submits for two values were ${seen.join(' and ')}`,
    )
  }
}

function checkTeardown(design: Design): void {
  for (const { revision, parameters, label } of variants(design, oneSubmit)) {
    const { machine, lab } = endOf(design, revision, oneSubmit, parameters)
    demand(!machine.halted, `${label}: ${machine.findings.at(-1)?.title ?? 'the machine halted'}`)
    const left = [
      ...lab.programs.map((prog) => prog.object),
      ...lab.maps.map(({ map }) => map.object),
    ].filter((object) => object.life.peek() === 'live')
    demand(left.length === 0, `${label}: still there: ${left.map((object) => object.name).join(', ')}`)
    const pinned = lab.tasks.filter((task) => task.rcu_users.refs.peek() !== TASK_RCU_USERS)
    demand(
      pinned.length === 0,
      `${label}: tasks with other references than at boot: ${pinned.map((t) => t.comm).join()}`,
    )
  }
}
