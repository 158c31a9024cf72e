import { expect, test } from 'vitest'
import { bpf_task_acquire, bpf_task_release } from '../src/bpf/bpf_task.ts'
import { create_task, TASK_RCU_USERS, type task_struct } from '../src/linux/sched.ts'
import { type KernelPath, Level } from '../src/machine/index.ts'
import { BpfBench } from './bpf_bench.ts'

/** Runs `path` at `level` on a CPU of its own. */
function at(bench: BpfBench, level: Level, path: () => KernelPath): void {
  if (level === Level.Task) bench.task(bench.cpu(), path)
  else bench.handler(bench.cpu(), level, path)
}

test('a living task is acquired in any context, and its count is back after the release', () => {
  for (const level of [Level.Task, Level.Hardirq, Level.Nmi]) {
    const bench = new BpfBench()
    const task = create_task('victim', bench.cpu())
    let got: task_struct | null = null
    at(bench, level, function* () {
      got = yield* bpf_task_acquire(task)
      yield* bpf_task_release(task)
    })
    bench.run()
    expect(got).toBe(task)
    expect(task.rcu_users.refs.peek()).toBe(TASK_RCU_USERS)
    expect(bench.titles()).toEqual([])
  }
})

test('a task whose references are gone is not acquired, and is freed a grace period after the last release', () => {
  const bench = new BpfBench()
  const task = create_task('victim', bench.cpu())
  let got: unknown
  at(bench, Level.Task, function* () {
    for (let i = 0; i < TASK_RCU_USERS; i++) yield* bpf_task_release(task)
    got = yield* bpf_task_acquire(task)
  })
  const task0 = bench.machine.frames[0]!
  while (task0.state !== 'done') bench.step(task0.index)
  expect(got).toBeNull()
  expect(task.object.life.peek()).toBe('live')
  bench.run()
  expect(task.object.life.peek()).toBe('freed')
})

test('trap 13: the last release in NMI is a context violation, because of call_rcu', () => {
  const bench = new BpfBench()
  const task = create_task('victim', bench.cpu())
  at(bench, Level.Nmi, function* () {
    for (let i = 0; i < TASK_RCU_USERS; i++) yield* bpf_task_release(task)
  })
  bench.run()
  expect(bench.machine.findings.map((f) => f.kind)).toEqual(['context-violation'])
})
