import {
  access,
  current,
  task_work_add,
  callback_head,
  Level,
  running,
  TWA_RESUME,
} from '@bottom-half/kernel-model'
import type { KernelPath } from '@bottom-half/kernel-model'
import { expect, test } from 'vitest'
import { byTaskWork, endOf, fake } from './fake.ts'

test('a handler arrives once, at its level, on top of the task of its CPU', () => {
  const seen: [number, string][] = []
  function* note(): KernelPath {
    yield* access('note', null, () => void seen.push([running().level, current().comm]))
  }
  endOf(fake(byTaskWork), (lab) => {
    const cpu = lab.cpu()
    lab.task('worker', cpu, note)
    lab.softirq(cpu, 'tasklet', note)
    lab.hardirq(cpu, 'device', note)
    lab.nmi(cpu, 'perf', note)
  })
  expect(seen.toSorted(([a], [b]) => a - b)).toEqual([
    [Level.Task, 'worker'],
    [Level.Softirq, 'worker'],
    [Level.Hardirq, 'worker'],
    [Level.Nmi, 'worker'],
  ])
})

test.each([
  ['idleTask', ['idle']],
  ['kthread', []],
] as const)('a target made by %s does its task work as such a task does', (make, expected) => {
  const ran: string[] = []
  endOf(fake(byTaskWork), (lab) => {
    const target = lab[make]('idle', lab.cpu())
    const work = new callback_head('work', null, null)
    work.func.value = function* () {
      yield* access('note', null, () => void ran.push(current().comm))
    }
    lab.task('adder', lab.cpu(), function* () {
      yield* task_work_add(target, work, TWA_RESUME)
    })
  })
  expect(ran).toEqual(expected)
})

test('a program holds its map, and its hook holds the program', () => {
  const { lab } = endOf(fake(byTaskWork), (it) => {
    const map = it.map('hash', ['a'])
    const hook = it.program('fentry', { map })
    expect([map.refcnt.peek(), map.usercnt.peek()]).toEqual([2, 1])
    expect(hook.prog.peek()!.aux.refcnt.peek()).toBe(1)
  })
  expect(lab.programs.map((prog) => prog.name)).toEqual(['fentry', 'probe'])
})
