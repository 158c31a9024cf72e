import { expect, test } from 'vitest'
import { current, EINVAL, Level, try_to_wake_up, TWA_NMI_CURRENT, TWA_NONE } from '../src/index.ts'
import { TWA_RESUME, TWA_SIGNAL, TWA_SIGNAL_NO_IPI } from '../src/index.ts'
import { add, nothing, Tasks } from './tasks.ts'

test('TWA_NONE tells nothing: a task in user mode never runs the work by itself', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  tasks.boot(add(tasks, user, tasks.work('w'), TWA_NONE))
  tasks.drive.run()
  expect(tasks.log).toEqual(['add w: 0'])
  expect(tasks.drive.titles()).toEqual([])
})

test.each([
  ['TWA_RESUME', TWA_RESUME],
  ['TWA_SIGNAL', TWA_SIGNAL],
  ['TWA_SIGNAL_NO_IPI', TWA_SIGNAL_NO_IPI],
] as const)('%s makes a task in user mode run the work', (_, mode) => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  tasks.boot(add(tasks, user, tasks.work('w'), mode))
  tasks.drive.run()
  expect(tasks.log).toEqual(['add w: 0', 'w'])
  expect(user.ti_flags.peek()).toBe(0)
  expect(tasks.drive.titles()).toEqual([])
})

test('the push is visible before the notification: the work may be over before task_work_add returns', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  tasks.boot(add(tasks, user, tasks.work('first')))
  const work = tasks.work('w')
  const adder = tasks.drive.machine.frames[tasks.drive.task(tasks.drive.cpu(), add(tasks, user, work))]!
  tasks.until(adder, 'test_and_set_tsk_thread_flag')
  while (!tasks.log.includes('w')) tasks.drive.step(tasks.frame('user').index)
  tasks.drive.run()
  expect(tasks.log).toEqual(['add first: 0', 'w', 'first', 'add w: 0'])
})

test('a second TWA_RESUME while the flag is set adds no notification, and the work is not lost', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  const frame = tasks.frame('user')
  tasks.boot(add(tasks, user, tasks.work('a')))
  tasks.until(frame, 'clear_thread_flag')
  tasks.boot(add(tasks, user, tasks.work('b')))
  tasks.drive.run()
  expect(tasks.log).toEqual(['add a: 0', 'add b: 0', 'b', 'a'])
})

test('an add right after the flag was cleared sets it again, and the work runs once', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  const frame = tasks.frame('user')
  tasks.boot(add(tasks, user, tasks.work('a')))
  tasks.until(frame, 'clear_thread_flag')
  tasks.drive.step(frame.index)
  tasks.boot(add(tasks, user, tasks.work('b')))
  tasks.drive.run()
  expect(tasks.log).toEqual(['add a: 0', 'add b: 0', 'b', 'a'])
})

test('TWA_NMI_CURRENT for another task warns and gives -EINVAL, and queues nothing', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  const other = tasks.run('other', nothing)
  const nmi = tasks.drive.handler(other.cpu, Level.Nmi, add(tasks, user, tasks.work('w'), TWA_NMI_CURRENT))
  tasks.drive.finish(nmi)
  tasks.drive.run()
  expect(tasks.log).toEqual([`add w: ${-EINVAL}`])
  expect(tasks.drive.titles()).toEqual([
    'warn: WARN_ON_ONCE(task != current) in task_work_add() with TWA_NMI_CURRENT',
  ])
})

test('TWA_NMI_CURRENT for current queues in NMI, without a violation, and the work runs on the way to user mode', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', () => tasks.note('system call'))
  const nmi = tasks.drive.handler(user.cpu, Level.Nmi, add(tasks, user, tasks.work('w'), TWA_NMI_CURRENT))
  tasks.drive.finish(nmi)
  const irq = tasks.drive.machine.frames.at(-1)!
  expect([irq.level, irq.immediate]).toEqual([Level.Hardirq, true])
  tasks.drive.run()
  expect(tasks.log).toEqual(['add w: 0', 'system call', 'w'])
  expect(tasks.drive.titles()).toEqual([])
})

test('TWA_RESUME in NMI is a context violation for a task of another CPU, and none for current', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  const other = tasks.run('other', nothing)
  tasks.drive.finish(tasks.drive.handler(user.cpu, Level.Nmi, add(tasks, user, tasks.work('a'))))
  expect(tasks.drive.titles()).toEqual([])
  tasks.drive.finish(tasks.drive.handler(other.cpu, Level.Nmi, add(tasks, user, tasks.work('b'), TWA_NONE)))
  tasks.drive.run()
  expect(tasks.drive.titles()).toEqual([])
  tasks.drive.finish(tasks.drive.handler(other.cpu, Level.Nmi, add(tasks, user, tasks.work('c'))))
  tasks.drive.run()
  expect(tasks.drive.titles()).toEqual([
    'context-violation: kick_process() sends an IPI to another CPU from NMI',
  ])
})

test.each([
  ['TWA_SIGNAL', TWA_SIGNAL],
  ['TWA_SIGNAL_NO_IPI', TWA_SIGNAL_NO_IPI],
] as const)('%s in NMI for another task is a context violation, because of pi_lock', (_, mode) => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  const other = tasks.run('other', nothing)
  tasks.drive.finish(tasks.drive.handler(other.cpu, Level.Nmi, add(tasks, user, tasks.work('w'), mode)))
  tasks.drive.run()
  const violations = tasks.drive.titles().filter((title) => title.includes('pi_lock'))
  expect(violations).toHaveLength(1)
  expect(violations[0]).toMatch(/^context-violation: /)
})

test('TWA_SIGNAL in hardirq is legal', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  const other = tasks.run('other', nothing)
  const irq = tasks.drive.handler(other.cpu, Level.Hardirq, add(tasks, user, tasks.work('w'), TWA_SIGNAL))
  tasks.drive.finish(irq)
  tasks.drive.run()
  expect(tasks.log).toEqual(['add w: 0', 'w'])
  expect(tasks.drive.titles()).toEqual([])
})

test('TWA_SIGNAL under the pi_lock of the task never returns: the waker waits for itself', () => {
  const tasks = new Tasks()
  const user = tasks.run('user', nothing)
  const cpu = tasks.drive.cpu()
  const waker = tasks.drive.machine.frames[tasks.drive.task(cpu, () => try_to_wake_up(user))]!
  tasks.until(waker, 'ttwu_state_match')
  tasks.drive.handler(cpu, Level.Nmi, add(tasks, user, tasks.work('w'), TWA_SIGNAL))
  while (tasks.drive.machine.moves().length > 0) {
    const moves = tasks.drive.machine.moves()
    tasks.drive.machine.perform(moves.find((m) => m >> 4 !== waker.index) ?? moves[0]!)
  }
  expect(tasks.drive.machine.findings.map((f) => f.kind)).toContain('self-deadlock')
})

test('TWA_SIGNAL for current needs no pi_lock', () => {
  const tasks = new Tasks()
  const work = tasks.work('w')
  tasks.run('user', () => add(tasks, current(), work, TWA_SIGNAL)())
  const ops: string[] = []
  const frame = tasks.frame('user')
  while (tasks.log.length === 0) {
    ops.push(frame.next!.op)
    tasks.drive.step(frame.index)
  }
  expect(ops).toEqual([
    'READ_ONCE',
    'write',
    'try_cmpxchg',
    'test_and_set_tsk_thread_flag',
    'ttwu_state_match',
  ])
})
