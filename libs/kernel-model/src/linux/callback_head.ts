/** The node of task_work: `struct callback_head` of include/linux/types.h and init_task_work() (6.18). */
import {
  Attached,
  Cell,
  generic,
  type KernelPath,
  type Machine,
  machine,
  Oops,
  WRITES,
} from '../machine/index.ts'
import type { MemoryObject } from '../machine/index.ts'
import { plain_write } from './barrier.ts'

/** The callback: in task context, interrupts on, no locks, may sleep. It may free the node. */
export type task_work_func_t = (work: callback_head) => KernelPath

/** `struct callback_head`, embedded in `entry`. */
export class callback_head {
  readonly next: Cell<callback_head | null>
  readonly func: Cell<task_work_func_t>
  /** What container_of() gives; the caller knows its type. */
  readonly entry: unknown
  readonly name: string
  /** Ghost: on a task's list, or on the batch that task_work_run took and did not come to yet. */
  onList = false

  /** `func`: a static initialiser; else init_task_work() sets it. */
  constructor(name: string, entry: unknown, owner: MemoryObject | null, func: task_work_func_t = unsetFunc) {
    this.next = new Cell<callback_head | null>(`${name}.next`, null, owner)
    this.func = new Cell<task_work_func_t>(`${name}.func`, func, owner)
    this.name = owner === null ? name : `${owner.name}.${name}`
    this.entry = entry
  }
}

function* unsetFunc(work: callback_head): KernelPath {
  throw new Oops('null-dereference', `${generic(work.name)}.func called before init_task_work()`)
}

/** A plain store of func; `next` is left as it is. */
export function* init_task_work(work: callback_head, func: task_work_func_t): KernelPath {
  yield* plain_write(work.func, func)
}

const sentinels = new Attached<Machine, callback_head>()

/** The end of a list that takes no more. */
export function work_exited(): callback_head {
  const m = machine()
  let sentinel = sentinels.get(m)
  if (sentinel === undefined) {
    sentinel = m.onDemand('work_exited', () => new callback_head('work_exited', null, null))
    sentinels.set(m, sentinel)
  }
  return sentinel
}

/** Oops `list-corruption` if the node is on a list. Called within a step that touches `work.next`. */
export function mustBeOff(m: Machine, work: callback_head): void {
  m.touch(work.next, 0)
  if (!work.onList) return
  throw new Oops('list-corruption', `task_work_add() of ${generic(work.name)} while it is queued`)
}

/** Called within the step that makes it true. */
export function setOnList(m: Machine, work: callback_head, onList: boolean): void {
  m.touch(work.next, WRITES)
  work.onList = onList
}
