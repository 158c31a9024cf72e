import { type bpf_hook, type KernelPath, run_hook } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import type { bpf_callback, Lab, SubmitRequest } from '../src/index.ts'
import { byTaskWork, endOf, fake, titles } from './fake.ts'

/** Accepts the first of two submits, and runs the callback of the second, which it refuses. */
function swaps() {
  let first: SubmitRequest | null = null
  let second: SubmitRequest | null = null
  let probing = false
  return fake(function* (request) {
    if (probing) return yield* byTaskWork(request)
    if (first === null) {
      first = request
      return 0
    }
    second = request
    probing = true
    yield* byTaskWork({ ...first, callback_fn: second.callback_fn })
    return -1
  })
}

function* submit(lab: Lab, hook: bpf_hook, body: bpf_callback | null = null): KernelPath {
  yield* run_hook(hook, function* (prog) {
    const held = (yield* lab.lookup(lab.maps[0]!.map, 'a'))!
    yield* lab.submit(prog, held, lab.tasks[0]!, body)
  })
}

test('submits of one program, value and callback function are not told apart', () => {
  const end = endOf(swaps(), (lab) => {
    const hook = lab.program('fentry', { map: lab.map('array', ['a']) })
    lab.task('submitter', lab.cpu(), function* () {
      yield* submit(lab, hook)
      yield* submit(lab, hook)
    })
  })
  expect(titles(end)).toEqual([])
  expect(end.endings.map(({ ending }) => ending)).toEqual(['ran'])
})

const confused = [
  'lost-callback: the submit of fentry was accepted, and nothing will run its callback',
  'unaccepted-callback: the submit of perf_event was refused (busy), and its callback ran',
]

test('submits of two programs are', () => {
  const end = endOf(swaps(), (lab) => {
    const map = lab.map('array', ['a'])
    const hooks = [lab.program('fentry', { map }), lab.program('perf_event', { map })]
    lab.task('submitter', lab.cpu(), function* () {
      for (const hook of hooks) yield* submit(lab, hook)
    })
  })
  expect(titles(end)).toEqual(confused)
})

test('submits of two callback functions are', () => {
  const end = endOf(swaps(), (lab) => {
    const hook = lab.program('fentry', { map: lab.map('array', ['a']) })
    lab.task('submitter', lab.cpu(), function* () {
      yield* submit(lab, hook)
      yield* submit(lab, hook, function* () {})
    })
  })
  expect(titles(end)).toEqual(confused.map((title) => title.replace('perf_event', 'fentry')))
})
