/** Shows on stderr how far the run is. Elapsed time is told here only, never in a result. */
import type { PlannedCell } from './cells.ts'
import type { Explored } from './explore_cell.ts'
import type { Watcher } from './pool.ts'
import { grouped } from './terminal.ts'

/** On a terminal one line is rewritten; elsewhere there is a line now and then. */
const REDRAW = { terminal: 150, elsewhere: 5000 }

export class Progress implements Watcher {
  private readonly stream: NodeJS.WriteStream
  private readonly plan: readonly PlannedCell[]
  private readonly total: number
  /** Schedules so far of the cells that are being explored, in the order in which they began. */
  private readonly present = new Map<number, { readonly executions: number; readonly line: string | null }>()
  private readonly done = new Set<number>()
  private schedules = 0
  private readonly began = performance.now()
  private readonly timer: NodeJS.Timeout

  constructor(plan: readonly PlannedCell[], stream: NodeJS.WriteStream) {
    this.plan = plan
    this.stream = stream
    this.total = plan.filter(({ missing }) => missing === null).length
    this.timer = setInterval(() => this.draw(), stream.isTTY ? REDRAW.terminal : REDRAW.elsewhere)
    this.timer.unref()
  }

  running(at: number, executions: number, line: string | null): void {
    // A notice may arrive after the result: they take different ways.
    if (!this.done.has(at)) this.present.set(at, { executions, line })
  }

  finished(at: number, { result }: Explored): void {
    this.present.delete(at)
    this.done.add(at)
    this.schedules += result.executions
  }

  /** Takes the line away. */
  end(): void {
    clearInterval(this.timer)
    if (this.stream.isTTY) this.stream.write('\r\u001B[2K')
  }

  /** `cells 41/168  schedules 12,000  14 s  rqspinlock submit-vs-delete hash other-cpu: 512 of about 890 ± 90 runs …` */
  private draw(): void {
    const line = this.line()
    if (this.stream.isTTY) this.stream.write(`\r\u001B[2K${line.slice(0, this.stream.columns - 1)}`)
    else this.stream.write(`${line}\n`)
  }

  private line(): string {
    const schedules = [...this.present.values()].reduce((sum, each) => sum + each.executions, this.schedules)
    const [[oldest, { line = null } = {}] = []] = this.present
    const cell = oldest === undefined ? undefined : this.plan[oldest]
    const name =
      cell === undefined
        ? ''
        : `  ${cell.design} ${cell.workload} ${cell.map} ${cell.target}${line === null ? '' : `: ${line}`}`
    const seconds = Math.round((performance.now() - this.began) / 1000)
    return `cells ${this.done.size}/${this.total}  schedules ${grouped(schedules)}  ${seconds} s${name}`
  }
}
