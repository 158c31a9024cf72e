import { work_struct } from '../src/linux/workqueue.ts'
import { access, Cell, type KernelPath } from '../src/machine/index.ts'
import { Drive } from './drive.ts'

/** A machine on which works and other code write down in which order they came. */
export class Bench {
  readonly drive: Drive
  readonly log: string[] = []
  private readonly word: Cell<number>

  constructor(drive = new Drive()) {
    this.drive = drive
    this.word = new Cell('word', 0)
  }

  *note(what: string): KernelPath {
    yield* access(what, this.word, () => this.log.push(what))
  }

  work(name = 'work'): work_struct {
    return new work_struct(name, () => this.note(name))
  }

  task(path: () => KernelPath<unknown>): number {
    return this.drive.task(this.drive.cpu(), path)
  }

  /** The latest frame: the worker that the last queueing made. */
  worker(): number {
    return this.drive.machine.frames.length - 1
  }
}
