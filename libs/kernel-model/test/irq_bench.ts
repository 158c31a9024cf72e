/** A machine with irq_work, in tests. */
import { access, Cell, irq_work, irq_work_queue, type KernelPath } from '../src/index.ts'
import { Drive } from './drive.ts'

/** A machine on which works and other code write down in which order they came. */
export class Bench {
  readonly drive = new Drive()
  readonly log: string[] = []
  private readonly word = new Cell('word', 0)

  work(name: string, options: { lazy?: boolean } = {}): irq_work {
    return new irq_work(name, () => this.note(name), null, options)
  }

  /** One step that writes down that it happened. */
  *note(what: string): KernelPath {
    yield* access(what, this.word, () => this.log.push(what))
  }

  *queue(work: irq_work): KernelPath {
    const queued = yield* irq_work_queue(work)
    this.log.push(`${work.name} ${queued ? 'queued' : 'pending'}`)
  }
}
