import { call_rcu, rcu_head } from '../src/linux/rcupdate.ts'
import { access, Cell, type KernelPath } from '../src/machine/index.ts'
import { Drive } from './drive.ts'

/** A machine on which code writes down in which order it came. */
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

  task(path: () => KernelPath<unknown>): number {
    return this.drive.task(this.drive.cpu(), path)
  }

  /** Queues a callback that writes down 'callback'; gives the frame that will invoke it. */
  call(): number {
    const head = new rcu_head('rcu', null)
    this.drive.finish(this.task(() => call_rcu(head, () => this.note('callback'))))
    return this.drive.machine.frames.length - 1
  }

  can(frame: number): boolean {
    return this.drive.enabled().includes(frame)
  }
}
