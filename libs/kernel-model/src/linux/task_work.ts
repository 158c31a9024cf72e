/**
 * Work that a task does itself before it returns to user mode: adding, cancelling, running. Follows
 * kernel/task_work.c (6.18, x86-64); how the task is told is in task_work_notify.ts.
 *
 * Departures:
 * 1. Two nodes are the same pointer only if they are the same incarnation (as in llist.ts). Hides an ABA of
 *    `task_works` through recycled memory, which is harmless to task_work_add; a cancel meets it only after a
 *    use of freed memory, which is a finding already.
 * 2. Adding a queued node stops the schedule (`list-corruption`); the kernel notices nothing and makes a
 *    cycle.
 * 3. KASAN's stack record, which may allocate, and cond_resched() between works are absent. Hides no bug of a
 *    design.
 */
import { access, type Cell, type KernelPath, machine, Order, RELAXED } from '../machine/index.ts'
import { plain_read, READ_ONCE } from './barrier.ts'
import { type callback_head, mustBeOff, setOnList, work_exited } from './callback_head.ts'
import { EINVAL, ESRCH } from './errno.ts'
import { current, PF_EXITING, type task_struct } from './sched.ts'
import { raw_spin_lock_irqsave, raw_spin_unlock_irqrestore } from './spinlock.ts'
import { notify, type task_work_notify_mode, TWA_NMI_CURRENT } from './task_work_notify.ts'

/**
 * Queues `work` for `task`, then tells the task. 0, -ESRCH (the task passed exit_task_work; the work is not
 * queued), or -EINVAL with a WARN (TWA_NMI_CURRENT for another task). 0 does not mean that it will run: a
 * kthread never returns to user mode. The work may have run before this returns. A queued work:
 * `list-corruption`.
 */
export function* task_work_add(
  task: task_struct,
  work: callback_head,
  mode: task_work_notify_mode,
): KernelPath<number> {
  if (mode === TWA_NMI_CURRENT && task !== current()) {
    machine().report('warn', 'WARN_ON_ONCE(task != current) in task_work_add() with TWA_NMI_CURRENT')
    return -EINVAL
  }
  let head = yield* READ_ONCE(task.task_works)
  for (;;) {
    if (head === work_exited()) return -ESRCH
    yield* link(work, head)
    const seen = yield* push(task, work, head)
    if (seen === head) break
    head = seen
  }
  yield* notify(task, mode)
  return 0
}

/** `work->next = head`, a plain store. */
function link(work: callback_head, head: callback_head | null): KernelPath {
  return access(
    'write',
    work.next,
    (m) => {
      m.store(work.next, head, Order.Plain)
      mustBeOff(m, work)
    },
    RELAXED,
  )
}

/** try_cmpxchg(&task->task_works, &head, work); gives the value found. */
function push(
  task: task_struct,
  work: callback_head,
  head: callback_head | null,
): KernelPath<callback_head | null> {
  return access('try_cmpxchg', task.task_works, (m) => {
    const seen = m.load(task.task_works, Order.Once)
    if (seen !== head) return seen
    m.store(task.task_works, work, Order.Full, true)
    mustBeOff(m, work)
    setOnList(m, work, true)
    return seen
  })
}

export function* task_work_pending(task: task_struct): KernelPath<boolean> {
  return (yield* READ_ONCE(task.task_works)) !== null
}

/**
 * Takes the newest work that matches off the list, and gives it. Null = none was found: never queued, taken
 * by a run that is about to call it, running, or done; the caller cannot tell which. Takes pi_lock: neither
 * in NMI nor under pi_lock. `match` looks at locals only, and is asked of the sentinel of an exited task too,
 * whose `entry` is null.
 */
export function* task_work_cancel_match(
  task: task_struct,
  match: (work: callback_head) => boolean,
): KernelPath<callback_head | null> {
  if (!(yield* task_work_pending(task))) return null
  const flags = yield* raw_spin_lock_irqsave(task.pi_lock)
  let pprev: Cell<callback_head | null> = task.task_works
  let work = yield* READ_ONCE(pprev)
  while (work !== null) {
    if (!match(work)) {
      pprev = work.next
      work = yield* READ_ONCE(pprev)
      continue
    }
    const next: callback_head | null = yield* plain_read(work.next)
    const seen: callback_head | null = yield* unlink(pprev, work, next)
    if (seen === work) break
    work = seen
  }
  yield* raw_spin_unlock_irqrestore(task.pi_lock, flags)
  return work
}

/** try_cmpxchg(pprev, &work, work->next); gives the value found. */
function unlink(
  pprev: Cell<callback_head | null>,
  work: callback_head,
  next: callback_head | null,
): KernelPath<callback_head | null> {
  return access('try_cmpxchg', pprev, (m) => {
    const seen = m.load(pprev, Order.Once)
    if (seen !== work) return seen
    m.store(pprev, next, Order.Full, true)
    setOnList(m, work, false)
    return seen
  })
}

/** As task_work_cancel_match, of exactly this node; true = it will not run. */
export function* task_work_cancel(task: task_struct, work: callback_head): KernelPath<boolean> {
  return (yield* task_work_cancel_match(task, (w) => w === work)) === work
}

/** Runs what is queued for `current`, newest first, and what those works queue; on exit, closes the list. */
export function* task_work_run(): KernelPath {
  const task = current()
  for (;;) {
    let work = yield* takeAll(task)
    if (work === null) return
    // A cancel that is on its walk may still take another than the first off: wait for it.
    const flags = yield* raw_spin_lock_irqsave(task.pi_lock)
    yield* raw_spin_unlock_irqrestore(task.pi_lock, flags)
    while (work !== null) {
      const next: callback_head | null = yield* takeFirst(work)
      const func = yield* plain_read(work.func)
      yield* func(work)
      work = next
    }
  }
}

/** Takes the list; null = it was empty, and is closed now if the task exits. */
function* takeAll(task: task_struct): KernelPath<callback_head | null> {
  let work = yield* READ_ONCE(task.task_works)
  for (;;) {
    // Only the task itself changes its flags: reading them is no access.
    const exiting = (task.flags.peek() & PF_EXITING) !== 0
    if (work === null && !exiting) return null
    const head = work === null ? work_exited() : null
    const seen = yield* exchange(task, work, head)
    if (seen === work) return work
    work = seen
  }
}

/** try_cmpxchg(&task->task_works, &work, head); gives the value found. */
function exchange(
  task: task_struct,
  work: callback_head | null,
  head: callback_head | null,
): KernelPath<callback_head | null> {
  return access('try_cmpxchg', task.task_works, (m) => {
    const seen = m.load(task.task_works, Order.Once)
    if (seen !== work) return seen
    m.store(task.task_works, head, Order.Full, true)
    if (head !== null) m.store(task.exited, true, Order.Once)
    return seen
  })
}

/** `next = work->next`: from here on the node belongs to its callback. */
function takeFirst(work: callback_head): KernelPath<callback_head | null> {
  return access(
    'read',
    work.next,
    (m) => {
      const next = m.load(work.next, Order.Plain)
      setOnList(m, work, false)
      return next
    },
    RELAXED,
  )
}
