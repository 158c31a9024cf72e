/** A machine with tasks, in tests of task_work: writes down in which order things came. */
import { callback_head, create_task, type Cpu, run_task, task_work_add } from '../src/index.ts'
import { type task_work_notify_mode, TWA_RESUME } from '../src/index.ts'
import { access, Cell, type Frame, type KernelPath, type task_struct } from '../src/index.ts'
import { Drive } from './drive.ts'

export class Tasks {
  readonly drive = new Drive()
  readonly log: string[] = []
  private readonly word = new Cell('word', 0)

  /** A user task (or kthread) that does `body` first. */
  run(comm: string, body: () => KernelPath, options: { kthread?: boolean; cpu?: Cpu } = {}): task_struct {
    const task = create_task(comm, options.cpu ?? this.drive.cpu(), options)
    run_task(task, body)
    return task
  }

  frame(name: string): Frame {
    return this.drive.machine.frames.find((frame) => frame.name === name)!
  }

  /** A task_work that writes down its name, and then does `then`. */
  work(name: string, then: () => KernelPath = nothing): callback_head {
    const note = (): KernelPath => this.note(name)
    return new callback_head(name, name, null, function* () {
      yield* note()
      yield* then()
    })
  }

  /** Runs a path at once, on a CPU of its own. */
  boot(path: () => KernelPath<unknown>): void {
    this.drive.finish(this.drive.task(this.drive.cpu(), path))
  }

  /** One step that writes down that it happened. */
  *note(what: string): KernelPath {
    yield* access(what, this.word, () => this.log.push(what))
  }

  /** Steps the frame until its next step is `op`. */
  until(frame: Frame, op: string): void {
    while (frame.next?.op !== op) this.drive.step(frame.index)
  }
}

export function* nothing(): KernelPath {}

/** Adds, and writes down what came of it. */
export function add(
  tasks: Tasks,
  task: task_struct,
  work: callback_head,
  mode: task_work_notify_mode = TWA_RESUME,
): () => KernelPath {
  return function* () {
    const err = yield* task_work_add(task, work, mode)
    tasks.log.push(`add ${work.name}: ${err}`)
  }
}
