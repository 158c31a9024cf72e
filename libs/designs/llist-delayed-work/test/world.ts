/** A map of items, a program that submits them, and a way to take single steps of what runs. */
import type { bpf_callback } from '@bottom-half/deferred-work'
import {
  attach,
  type bpf_hook,
  type bpf_map,
  type bpf_map_value,
  type bpf_prog,
  type Cell,
  type Cpu,
  create_map,
  create_prog,
  create_task,
  type Frame,
  generic,
  type KernelPath,
  Level,
  type MapType,
  running,
  type task_struct,
} from '@bottom-half/kernel-model'
import { Drive } from '../../../kernel-model/test/drive.ts'
import { llistDelayedWork } from '../src/index.ts'
import {
  type bpf_delayed_irq_work,
  type bpf_delayed_work_kern,
  delayed_work_of,
  showState,
} from '../src/state.ts'
import { irq_work_of } from '../src/state.ts'

/** One run of a callback. */
export interface Run {
  readonly value: bpf_map_value
  readonly map: bpf_map
  readonly key: unknown
  readonly frame: Frame
}

/** A submit on a frame of its own. */
export interface Call {
  readonly frame: Frame
  /** What it returned; null until then. */
  err(): number | null
}

export class World extends Drive {
  readonly mechanism = llistDelayedWork.create('as-posted')
  readonly map: bpf_map
  readonly prog: bpf_prog
  readonly hook: bpf_hook
  readonly target: task_struct
  readonly runs: Run[] = []
  /** What the next callbacks do; by default nothing. */
  body: (this: void, value: bpf_map_value) => KernelPath = function* () {}

  constructor(type: MapType = 'array') {
    super()
    const keys = ['a', 'b', 'c', 'd']
    this.map = create_map('map', type, { entries: 4, record: this.mechanism.record, keys })
    this.prog = this.load('prog')
    this.hook = attach(this.prog)
    this.target = create_task('ignored', this.cpu())
  }

  load(name: string): bpf_prog {
    const prog = create_prog(name, { used_maps: [this.map] })
    this.mechanism.load_program(prog)
    return prog
  }

  value(index: number): bpf_map_value {
    return this.map.slots[index]!
  }

  item(index: number): bpf_delayed_work_kern {
    return delayed_work_of(this.value(index))
  }

  /** `aux->irq_work` of the program. */
  irqWork(prog = this.prog): bpf_delayed_irq_work {
    return irq_work_of(prog)
  }

  state(index: number): string {
    return showState(this.item(index).flags.peek())
  }

  refs(prog = this.prog): number {
    return prog.aux.refcnt.peek()
  }

  frame(level: Level, path: () => KernelPath<unknown>, cpu: Cpu = this.cpu()): Frame {
    const name = `frame${this.machine.frames.length}`
    return this.machine.addFrame({ name, cpu, level, path, immediate: false })
  }

  /** The program's call, as a path that can be put into another. */
  *call(index: number, prog = this.prog): KernelPath<number> {
    const { map, target: task } = this
    const callback_fn: bpf_callback = (m, key, value) => this.callback(m, key, value)
    return yield* this.mechanism.submit({ prog, map, value: this.value(index), task, callback_fn })
  }

  private *callback(map: bpf_map, key: unknown, value: bpf_map_value): KernelPath {
    this.runs.push({ value, map, key, frame: running() })
    yield* this.body(value)
  }

  /** By default in a hardirq, which keeps the irq_work out until it returned. */
  submit(index: number, options: { level?: Level; cpu?: Cpu; prog?: bpf_prog } = {}): Call {
    const returned: number[] = []
    const path = (): KernelPath => collect([() => this.call(index, options.prog)], returned)
    const frame = this.frame(options.level ?? Level.Hardirq, path, options.cpu)
    return { frame, err: () => returned[0] ?? null }
  }

  /** Submits the items one after the other in one hardirq, so that one run of the irq_work finds them all. */
  batch(indices: readonly number[], cpu: Cpu): void {
    const calls = indices.map((index) => () => this.call(index))
    this.end(this.frame(Level.Hardirq, () => collect(calls, []), cpu))
  }

  /** The self-IPI of the last irq_work. */
  irq(): Frame {
    return this.machine.frames.findLast((f) => f.name.includes('irq_work'))!
  }

  /** Takes the frame's next step, or enters it; gives what it was. */
  take(frame: Frame): string {
    const { next } = frame
    this.step(frame.index)
    if (next === null) return 'enter'
    return next.cell === null ? next.op : `${next.op} ${short(next.cell)}`
  }

  /** Steps the frame until it stands in front of `op` on `cell`. */
  until(frame: Frame, op: string, cell: Cell | null = null): void {
    while (frame.next?.op !== op || (cell !== null && frame.next.cell !== cell)) this.take(frame)
  }

  /** Steps the frame to its end, or to a fatal finding; gives its steps. */
  end(frame: Frame): string[] {
    const seen: string[] = []
    while (frame.state === 'pending' || frame.state === 'active') seen.push(this.take(frame))
    return seen
  }
}

/** Takes the paths one after the other, and collects what they return. */
function* collect(paths: readonly (() => KernelPath<number>)[], returned: number[]): KernelPath {
  for (const path of paths) returned.push(yield* path())
}

function short(cell: Cell): string {
  return generic(cell.name).replace(/^(map|prog)\.|^bpf_delayed_irq_work\./, '')
}
