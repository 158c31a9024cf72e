import {
  boot,
  type Booted,
  type Design,
  type Lab,
  type Mechanism,
  type Parameters,
} from '@bottom-half/deferred-work'
import { MAP_TYPES, type SubmitRequest, type Workload } from '@bottom-half/deferred-work'
import {
  access,
  callback_head,
  current,
  EBUSY,
  irqs_disabled,
  type KernelPath,
  Level,
  type Machine,
  running,
  task_work_add,
  TWA_RESUME,
} from '@bottom-half/kernel-model'
import { describe, expect, test } from 'vitest'
import { workloadOf, WORKLOADS } from '../src/index.ts'

/** What a submit met. */
interface Submit {
  readonly prog: string
  readonly level: Level
  readonly irqsOff: boolean
  readonly cpu: number
  readonly task: string
  readonly current: string
  readonly key: unknown
}

/**
 * Accepts once for each value, and runs the callback when the target returns to user mode. Notes each submit.
 */
function spy(submits: Submit[]): Design {
  const create = (): Mechanism => ({
    record: { init_field: () => ({ queued: false }), obj_free_field: null, release_uref: true },
    load_program() {},
    outcome: (errno) => (errno === 0 ? 'accepted' : errno === -EBUSY ? 'busy' : 'dying'),
    *submit(request): KernelPath<number> {
      submits.push(noted(request))
      const field = request.value.field as { queued: boolean }
      if (field.queued) return -EBUSY
      field.queued = true
      const work = new callback_head('spy', null, null)
      work.func.value = () => run(request, field)
      return yield* task_work_add(request.task, work, TWA_RESUME)
    },
  })
  return {
    id: 'spy',
    title: 'spy',
    author: 'this lab',
    capabilities: { callbackContext: 'task', targetsTask: true, cancelsOnDelete: false },
    revisions: [{ id: 'as-posted', title: 'spy', source: 'here' }],
    create,
  }
}

function noted({ prog, task, value }: SubmitRequest): Submit {
  const { level, cpu } = running()
  const where = { level, irqsOff: irqs_disabled(), cpu: cpu.id }
  return { prog: prog.name, ...where, task: task.comm, current: current().comm, key: value.key.peek() }
}

function* run(request: SubmitRequest, field: { queued: boolean }): KernelPath {
  yield* request.callback_fn(request.map, request.value.key.peek(), request.value)
  yield* access('release', null, () => void (field.queued = false))
}

const cells = WORKLOADS.flatMap((workload) =>
  workload.maps.flatMap((map) =>
    workload.targets.map((target) => ({ workload, id: workload.id, map, target })),
  ),
)

/** Runs one schedule: `choose` prefers among the moves. */
function schedule(
  workload: Workload,
  parameters: Parameters,
  choose: (m: Machine, moves: number[], lab: Lab) => number = (_, moves) => moves[0]!,
): Booted & { submits: Submit[] } {
  const submits: Submit[] = []
  const booted = boot(spy(submits), 'as-posted', workload, parameters)
  const { machine, lab } = booted
  for (let moves = machine.moves(); moves.length > 0; moves = machine.moves())
    machine.perform(choose(machine, moves, lab))
  return {
    ...booted,
    submits: submits.slice(0, submits.length - lab.submissions.filter((s) => s.probe).length),
  }
}

test('there are exactly the ten workloads of the comparison', () => {
  expect(WORKLOADS.map(({ id }) => id)).toEqual([
    'one-submit',
    'two-submitters-one-value',
    'two-values-one-batch',
    'nmi-submit-during-submit',
    'submit-vs-delete',
    'submit-vs-last-uref',
    'submit-vs-task-exit',
    'submit-vs-program-unload',
    'nmi-delete-under-pi-lock',
    'resubmit-from-callback',
  ])
})

test('a workload lies in the file of its name, and is found by it', async () => {
  for (const workload of WORKLOADS) {
    const file = (await import(`../src/${workload.id}.ts`)) as Record<string, unknown>
    expect(Object.values(file)).toContain(workload)
  }
  expect(workloadOf('submit-vs-delete')?.id).toBe('submit-vs-delete')
  expect(workloadOf('submit-vs-santa')).toBeUndefined()
})

test('only the workload in which the LRU lock would be taken in NMI leaves out a map type', () => {
  expect(WORKLOADS.filter((w) => w.maps.length < MAP_TYPES.length).map((w) => w.id)).toEqual([
    'nmi-delete-under-pi-lock',
  ])
})

test('only the exit of the target needs a capability', () => {
  const promised = { callbackContext: 'hardirq', targetsTask: false, cancelsOnDelete: false } as const
  const lacking = WORKLOADS.filter((w) => (w.needs?.(promised) ?? null) !== null)
  expect(lacking.map((w) => w.id)).toEqual(['submit-vs-task-exit'])
  expect(lacking[0]!.needs!({ ...promised, targetsTask: true })).toBeNull()
})

describe.for(cells)('$id with $map and target $target', ({ workload, map, target }) => {
  const parameters = { map, target }

  test('comes to rest, and uses two CPUs or a third for the target', () => {
    const { machine, lab } = schedule(workload, parameters)
    expect(machine.halted).toBe(false)
    expect(machine.moves()).toEqual([])
    const actors = lab.tasks.filter((task) => !['probe', 'teardown', 'target'].includes(task.comm))
    expect(new Set(actors.map((task) => task.cpu)).size).toBeLessThanOrEqual(2)
  })

  test('submits for the target that it was asked for', () => {
    const { submits } = schedule(workload, parameters)
    expect(submits.length).toBeGreaterThan(0)
    for (const { task, current: own } of submits)
      expect(task === own).toBe(target === 'current' || own === 'target')
  })
})

const array = { map: 'array', target: 'current' } as const

/** Runs every other CPU's moves last. */
function preferring(...frames: string[]) {
  return (machine: Machine, moves: number[]): number => {
    for (const name of frames) {
      const move = moves.find((m) => machine.frames[m >> 4]!.name === name)
      if (move !== undefined) return move
    }
    return moves[0]!
  }
}

test('two-values-one-batch submits twice before an interrupt can come in', () => {
  const { submits, machine } = schedule(workloadOf('two-values-one-batch')!, array)
  expect(submits.map((s) => [s.key, s.irqsOff])).toEqual([
    ['a', true],
    ['b', true],
  ])
  expect(machine.findings).toEqual([])
})

test('two-submitters-one-value submits on two CPUs by one program', () => {
  const { submits } = schedule(workloadOf('two-submitters-one-value')!, array)
  expect(submits.map((s) => s.cpu)).toEqual([0, 1])
  expect(new Set(submits.map((s) => s.prog)).size).toBe(1)
})

test('nmi-submit-during-submit can interrupt a submit on its CPU', () => {
  let interrupted = false
  schedule(workloadOf('nmi-submit-during-submit')!, array, (machine, moves, lab) => {
    const begun = lab.submissions.length > 0 && lab.submissions[0]!.outcome === null
    const nmi = moves.find((m) => machine.frames[m >> 4]!.name === 'perf NMI')
    interrupted ||= begun && nmi !== undefined
    return begun && nmi !== undefined ? nmi : moves[0]!
  })
  expect(interrupted).toBe(true)
})

test('nmi-submit-during-submit submits in NMI for the interrupted task', () => {
  const { submits } = schedule(workloadOf('nmi-submit-during-submit')!, array, preferring('perf NMI'))
  expect(submits.map((s) => [s.level, s.current])).toEqual([
    [Level.Nmi, 'submitter'],
    [Level.Task, 'submitter'],
  ])
})

test('nmi-delete-under-pi-lock can delete while the interrupted code holds the pi_lock of the target', () => {
  let under = false
  schedule(
    workloadOf('nmi-delete-under-pi-lock')!,
    { map: 'hash', target: 'other-cpu' },
    (machine, moves, lab) => {
      const target = lab.tasks.find((task) => task.comm === 'target')!
      const nmi = moves.find((m) => machine.frames[m >> 4]!.name === 'perf NMI')
      const holds = target.pi_lock.locked.peek() && lab.submissions[0]?.outcome === 'accepted'
      if (nmi !== undefined && holds) {
        under = true
        return nmi
      }
      return (
        moves.find((m) => machine.frames[m >> 4]!.name === 'waker') ??
        moves.find((m) => m !== nmi) ??
        moves[0]!
      )
    },
  )
  expect(under).toBe(true)
})

test('submit-vs-delete can give the slot to another key, or not', () => {
  const lives = [0, 1].map((goesOn) => {
    const { lab } = schedule(
      workloadOf('submit-vs-delete')!,
      { map: 'hash', target: 'current' },
      (_, moves) => {
        return moves.find((m) => (m & 15) === goesOn) ?? moves[0]!
      },
    )
    return lab.maps[0]!.map.slots.map((value) => value.generation.peek())
  })
  // One slot. Each life with a key counts up twice, the first one (from boot on) once.
  expect(lives).toEqual([[2], [4]])
})

test('resubmit-from-callback submits twice for one value and one task', () => {
  const { submits } = schedule(workloadOf('resubmit-from-callback')!, array)
  expect(submits).toHaveLength(2)
  expect(submits[0]!.task).toBe(submits[1]!.task)
})
