import {
  access,
  alloc_object,
  bpf_map_inc,
  bpf_prog_inc,
  bpf_task_acquire,
  type KernelPath,
  LabBug,
  run_hook,
} from '@bottom-half/kernel-model'
import { describe, expect, test } from 'vitest'
import { boot, type SubmitRequest } from '../src/index.ts'
import {
  anyMap,
  byTaskWork,
  type Deliver,
  endOf,
  fake,
  type FakeOptions,
  kinds,
  titles,
  workload,
} from './fake.ts'

const findings = (deliver: Deliver, options?: FakeOptions): string[] =>
  titles(
    endOf(fake(deliver, options), (lab) => {
      const map = lab.map('array', ['a'])
      const hook = lab.program('fentry', { map })
      const task = lab.task('submitter', lab.cpu(), () =>
        run_hook(hook, function* (prog) {
          yield* lab.submit(prog, (yield* lab.lookup(map, 'a'))!, task)
        }),
      )
    }),
  )

/** Works, and does something else for the submit of the scenario alone. */
function also(extra: (request: SubmitRequest) => KernelPath<unknown>): Deliver {
  let done = false
  return function* (request) {
    if (!done) {
      done = true
      yield* extra(request)
    }
    return yield* byTaskWork(request)
  }
}

test('what works leaves nothing to find', () => {
  expect(findings(byTaskWork)).toEqual([])
})

test('a value that refuses the probe is stuck', () => {
  let submits = 0
  const refuses: Deliver = function* (request) {
    return submits++ === 0 ? yield* byTaskWork(request) : -1
  }
  expect(findings(refuses)).toEqual([
    'value-stuck: at rest a value of the array map refuses each submit (busy)',
  ])
})

test('a refusal for lack of memory does not make a value stuck', () => {
  let submits = 0
  const refuses: Deliver = function* (request) {
    return submits++ === 0 ? yield* byTaskWork(request) : -1
  }
  expect(findings(refuses, { mechanism: { outcome: (e) => (e === 0 ? 'accepted' : 'no-memory') } })).toEqual(
    [],
  )
})

test('a map that user space closed is not probed', () => {
  const { lab } = endOf(fake(byTaskWork), (it) => {
    const map = it.map('array', ['a'])
    it.task('owner', it.cpu(), () => it.close(map))
  })
  expect(lab.submissions).toEqual([])
})

test('the probe asks each key that is there', () => {
  const { lab } = endOf(fake(byTaskWork), (it) => {
    const map = it.map('hash', ['a', 'b'])
    it.task('owner', it.cpu(), function* () {
      yield* it.eraseBySyscall(map, 'a')
    })
  })
  expect(lab.submissions.map((s) => s.held.value.key.peek() ?? 'freed')).toHaveLength(1)
})

describe('left over at the end is', () => {
  test('a program reference', () =>
    expect(findings(also(({ prog }) => bpf_prog_inc(prog)))).toEqual(['leak: leak of a program reference']))

  test('a task reference', () =>
    expect(findings(also(({ task }) => bpf_task_acquire(task)))).toEqual(['leak: leak of a task reference']))

  test('a map reference', () =>
    expect(findings(also(({ map }) => bpf_map_inc(map)))).toEqual(['leak: leak of a map reference']))

  test('memory', () => expect(findings(also(allocate))).toEqual(['leak: leak of context']))

  test('memory, named with what it pins', () =>
    expect(
      findings(
        also(function* (request) {
          yield* allocate()
          yield* bpf_prog_inc(request.prog)
          yield* bpf_task_acquire(request.task)
        }),
      ),
    ).toEqual(['leak: leak of context, which pins a program reference and a task reference']))

  test('a program whose teardown waits for ever, and not what belongs to it', () => {
    const mechanism: FakeOptions['mechanism'] = {
      load_program(prog) {
        alloc_object('context')
        prog.aux.free_hooks.push(() => access('wait', null, () => {}, { ready: () => false, idle: true }))
      },
    }
    expect(findings(byTaskWork, { mechanism })).toEqual([
      'teardown-stuck: a program without references is never freed',
    ])
  })

  test('a map whose teardown waits for ever', () => {
    const record = {
      init_field: () => ({}),
      obj_free_field: () => access('wait', null, () => {}, { ready: () => false, idle: true }),
      release_uref: false,
    }
    expect(findings(byTaskWork, { mechanism: { record } })).toEqual([
      'teardown-stuck: a map without references is never freed',
    ])
  })
})

function* allocate(): KernelPath {
  yield* access('allocate', null, () => void alloc_object('context#1'))
}

test('what the teardown lets run does not excuse what was lost before', () => {
  let late: SubmitRequest | null = null
  const mechanism: FakeOptions['mechanism'] = {
    record: {
      init_field: () => ({}),
      *obj_free_field() {
        if (late !== null) yield* late.callback_fn(late.map, 'a', late.value)
      },
      release_uref: true,
    },
  }
  const keeps: Deliver = function* (request) {
    if (late !== null) return yield* byTaskWork(request)
    late = request
    return 0
  }
  expect(findings(keeps, { mechanism }).map((title) => title.split(':')[0])).toContain('lost-callback')
})

test('two boots give the same machine', () => {
  const frames = [1, 2].map(() => {
    const { machine } = boot(
      fake(byTaskWork),
      'as-posted',
      workload((lab) => void lab.map('hash', ['a', 'b'])),
      anyMap,
    )
    return JSON.stringify(machine.frames.map((f) => f.name))
  })
  expect(frames[0]).toBe(frames[1])
})

test('a revision that the design does not have is a lab bug', () => {
  expect(() =>
    boot(
      fake(byTaskWork),
      'v9',
      workload(() => {}),
      anyMap,
    ),
  ).toThrow(LabBug)
})

test('machines that take turns do not see the memory of each other', () => {
  const build = workload((lab) => void lab.program('fentry', { map: lab.map('array', ['a']) }))
  const leaky = fake(byTaskWork, { mechanism: { load_program: () => void alloc_object('context') } })
  const booted = [leaky, fake(byTaskWork)].map((design) => boot(design, 'as-posted', build, anyMap))
  for (let moving = true; moving;) {
    moving = false
    for (const { machine } of booted) {
      const [move] = machine.moves()
      if (move === undefined) continue
      machine.perform(move)
      moving = true
    }
  }
  expect(booted.map(kinds)).toEqual([['leak'], []])
})
