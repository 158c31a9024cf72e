/** Shared memory as the step in progress sees it: accesses with their checks, the footprint that they leave, the findings. */
import type { Bearer } from './attached.ts'
import { type Access, type Cell, Order } from './cell.ts'
import { noteRead, noteWrite } from './data_race.ts'
import { type Finding, Oops } from './finding.ts'
import { Footprint, WRITES } from './footprint.ts'
import { type Frame, LEVEL_NAMES } from './frame.ts'
import { runningOrNull } from './running.ts'
import { generic } from './trace.ts'

export class Memory implements Bearer {
  readonly attachments = new Map<object, unknown>()
  readonly frames: Frame[] = []
  readonly findings: Finding[] = []
  /** Of the step in progress, or of the last one. */
  readonly footprint = new Footprint()
  /** Steps performed so far: the index of the step in progress. */
  steps = 0
  private cells = 0
  private addresses = 0

  takeCellId(): number {
    return this.cells++
  }

  takeAddress(): number {
    return this.addresses++
  }

  /** Adds a word to the footprint without the checks of an access: for the machine's own state. */
  touch(cell: Cell, bits: number): void {
    this.footprint.add(cell.id, bits, cell.value)
  }

  /** Reads a word, in the step in progress. */
  load<T>(cell: Cell<T>, order: Order): T {
    this.access(cell, 0)
    const frame = runningOrNull()!
    this.reportRace(cell, frame, noteRead(cell, frame, order, this.steps), 'read', order)
    return cell.value
  }

  /** Writes a word, in the step in progress. `joins`: the second half of a read-modify-write. */
  store<T>(cell: Cell<T>, value: T, order: Order, joins = false): void {
    this.access(cell, WRITES)
    const frame = runningOrNull()!
    this.reportRace(cell, frame, noteWrite(cell, frame, order, this.steps, joins), 'write', order)
    cell.value = value
  }

  private access(cell: Cell, bits: number): void {
    this.footprint.add(cell.id, bits, cell.value)
    const owner = cell.owner
    if (owner === null) return
    this.footprint.add(owner.life.id, 0, owner.life.value)
    if (owner.life.value === 'live') return
    const where = generic(cell.name)
    const steps = [owner.freedAt]
    if (owner.reusedAs === null) throw new Oops('use-after-free', `use after free of ${where}`, steps)
    const reused = generic(owner.reusedAs.name)
    throw new Oops(
      'stale-pointer',
      `${where} touched after its memory was given out again as ${reused}`,
      steps,
    )
  }

  private reportRace(cell: Cell, frame: Frame, race: Access | null, kind: string, order: Order): void {
    if (race === null) return
    const other = this.frames[race.frame]!
    const sides = [
      `${order === Order.Plain ? 'plain' : 'marked'} ${kind} in ${LEVEL_NAMES[frame.level]}`,
      `${race.plain ? 'plain' : 'marked'} ${race.kind} in ${LEVEL_NAMES[other.level]}`,
    ].sort()
    this.report('data-race', `data race on ${generic(cell.name)}: ${sides.join(' against ')}`, [race.step])
  }

  /** Records a finding that does not stop the schedule; each kind and title once. */
  report(kind: string, title: string, involved: readonly number[] = []): void {
    if (this.findings.some((f) => f.kind === kind && f.title === title)) return
    const all = [...involved.filter((n) => n >= 0), this.steps]
    this.findings.push({ kind, title, step: this.steps, involved: all, fatal: false })
  }
}
