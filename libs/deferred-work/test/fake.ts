/** Designs of a few lines: how the callback is delivered is all that they say. */
import {
  access,
  callback_head,
  type KernelPath,
  Level,
  running,
  task_work_add,
  TWA_RESUME,
} from '@bottom-half/kernel-model'
import {
  boot,
  type Booted,
  type Capabilities,
  type Design,
  type Lab,
  type Mechanism,
  type SubmitRequest,
} from '../src/index.ts'
import type { MapType, Workload } from '../src/index.ts'

/** What submit does; gives the errno. */
export type Deliver = (request: SubmitRequest) => KernelPath<number>

export interface FakeOptions {
  readonly promised?: Partial<Capabilities>
  readonly mechanism?: Partial<Mechanism>
}

export function fake(deliver: Deliver, { promised, mechanism }: FakeOptions = {}): Design {
  const create = (): Mechanism => ({
    record: { init_field: () => ({}), obj_free_field: null, release_uref: false },
    load_program() {},
    submit: deliver,
    outcome: (errno) => (errno === 0 ? 'accepted' : 'busy'),
    ...mechanism,
  })
  return {
    id: 'fake',
    title: 'fake',
    author: 'this lab',
    capabilities: { callbackContext: 'task', targetsTask: true, cancelsOnDelete: true, ...promised },
    revisions: [{ id: 'as-posted', title: 'the only one', source: 'here' }],
    create,
  }
}

export function* run({ map, value, callback_fn }: SubmitRequest): KernelPath {
  yield* callback_fn(map, value.key.peek(), value)
}

/** Accepts and forgets. */
export function* never(): KernelPath<number> {
  return 0
}

/** Calls the callback before submit returns. */
export function* inline(request: SubmitRequest): KernelPath<number> {
  yield* run(request)
  return 0
}

/** By a self-IPI. */
export function* byInterrupt(request: SubmitRequest): KernelPath<number> {
  yield* access('raise', null, (m) => void m.raise('fake', running().cpu, Level.Hardirq, () => run(request)))
  return 0
}

/** When the task returns to user mode. */
export function* byTaskWork(request: SubmitRequest): KernelPath<number> {
  const work = new callback_head('fake work', null, null)
  work.func.value = () => run(request)
  return yield* task_work_add(request.task, work, TWA_RESUME)
}

/** By another task than the one that was asked for. */
export function* byStranger(request: SubmitRequest): KernelPath<number> {
  yield* access('spawn', null, (m) => void m.spawn('stranger', () => run(request)))
  return 0
}

export const anyMap = { map: 'array' as MapType, target: 'current' as const }

export function workload(build: Workload['build']): Workload {
  return {
    id: 'test',
    title: '',
    question: '',
    actors: [],
    maps: ['array', 'hash', 'lru_hash'],
    targets: ['current'],
    build,
  }
}

/** Always takes the first move. */
export function firstSchedule(booted: Booted): Booted {
  const { machine: m } = booted
  for (let moves = m.moves(); moves.length > 0; moves = m.moves()) {
    if (m.steps > 5000) throw new Error('no rest')
    m.perform(moves[0]!)
  }
  return booted
}

/** The first schedule of a workload under the design. */
export function endOf(design: Design, build: (lab: Lab) => void, map: MapType = 'array'): Booted {
  return firstSchedule(boot(design, 'as-posted', workload(build), { map, target: 'current' }))
}

export function titles({ machine: m }: Booted): string[] {
  return m.findings.map((f) => `${f.kind}: ${f.title}`)
}

export function kinds({ machine: m }: Booted): string[] {
  return m.findings.map((f) => f.kind).sort()
}
