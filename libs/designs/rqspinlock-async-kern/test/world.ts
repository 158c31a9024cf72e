/** One map value, one program, one target task; and a way to take single steps of what runs. */
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
  live_objects,
  type MapType,
  run_task,
  running,
  type task_struct,
  type task_work_notify_mode,
  TWA_RESUME,
} from '@bottom-half/kernel-model'
import { Drive } from '../../../kernel-model/test/drive.ts'
import { rqspinlockAsyncKern } from '../src/index.ts'
import { async_kern_of, type bpf_async_kern, type bpf_async_task_work, showState } from '../src/state.ts'
import type { Subprogram } from '../src/state.ts'
import { bpf_async_init, bpf_async_schedule, bpf_async_set_callback } from '../src/submit.ts'

/** A path on a frame of its own, with its return value. */
export interface Call {
  readonly frame: Frame
  /** What it returned; null until then. */
  err(): number | null
}

/** One run of a callback. */
export interface Run {
  readonly who: string
  readonly map: bpf_map
  readonly key: unknown
  readonly value: bpf_map_value
  readonly frame: Frame
}

export type State = 'IDLE' | 'PENDING' | 'QUEUED' | 'RUNNING'

export class World extends Drive {
  readonly mechanism = rqspinlockAsyncKern.create('as-posted')
  readonly map: bpf_map
  readonly value: bpf_map_value
  readonly kern: bpf_async_kern
  readonly prog: bpf_prog
  readonly hook: bpf_hook
  readonly target: task_struct
  /** The target: at first in front of user mode. */
  readonly targetFrame: Frame
  /** What ran: whose callback, with which arguments. */
  readonly runs: Run[] = []
  /** What the callbacks do; by default nothing. */
  body: (this: void) => KernelPath = function* () {}

  constructor(type: MapType = 'array', target: () => KernelPath = function* () {}) {
    super()
    this.map = create_map('map', type, { entries: 2, record: this.mechanism.record, keys: [7] })
    this.value = this.map.slots[0]!
    this.kern = async_kern_of(this.value)
    this.prog = this.load('prog')
    this.hook = attach(this.prog)
    this.target = create_task('target', this.cpu())
    this.targetFrame = run_task(this.target, target)
  }

  load(name: string): bpf_prog {
    const prog = create_prog(name, { used_maps: [this.map] })
    this.mechanism.load_program(prog)
    return prog
  }

  /** A callback of the program, which writes down that it ran. */
  subprogram(prog: bpf_prog, who: string): Subprogram {
    return {
      prog,
      callback_fn: (map, key, value) => this.callback({ who, map, key, value, frame: running() }),
    }
  }

  private *callback(run: Run): KernelPath {
    this.runs.push(run)
    yield* this.body()
  }

  frame(level: Level, path: () => KernelPath<unknown>, cpu: Cpu = this.cpu()): Frame {
    const name = `frame${this.machine.frames.length}`
    return this.machine.addFrame({ name, cpu, level, path, immediate: false })
  }

  /** By default in a hardirq, which keeps the irq_work out until it returned. */
  call(path: () => KernelPath<number>, options: { level?: Level; cpu?: Cpu } = {}): Call {
    const returned: number[] = []
    const frame = this.frame(options.level ?? Level.Hardirq, () => collect(path, returned), options.cpu)
    return { frame, err: () => returned[0] ?? null }
  }

  *init(): KernelPath<number> {
    return yield* bpf_async_init(this.kern, this.value)
  }

  *set_callback(prog = this.prog, who = prog.name): KernelPath<number> {
    return yield* bpf_async_set_callback(this.kern, this.subprogram(prog, who).callback_fn, prog)
  }

  *schedule(
    options: { prog?: bpf_prog; mode?: task_work_notify_mode; task?: task_struct } = {},
  ): KernelPath<number> {
    const prog = options.prog ?? this.prog
    const asked = this.subprogram(prog, prog.name)
    return yield* bpf_async_schedule(
      this.kern,
      options.task ?? this.target,
      options.mode ?? TWA_RESUME,
      asked,
    )
  }

  /** The contract's submit: all three calls. `who` names the callback. */
  *submit(prog = this.prog, who = prog.name): KernelPath<number> {
    const { map, value, target: task } = this
    const { callback_fn } = this.subprogram(prog, who)
    return yield* this.mechanism.submit({ prog, map, value, task, callback_fn })
  }

  /** bpf_obj_free_fields() of the value. */
  *free(): KernelPath<number> {
    yield* this.mechanism.record.obj_free_field!(this.value)
    return 0
  }

  private *fire(mode: task_work_notify_mode): KernelPath<number> {
    yield* this.init()
    yield* this.set_callback()
    return yield* this.schedule({ mode })
  }

  /** Submits, and lets the firing come as far as `state`; gives the object. */
  bring(state: State, mode: task_work_notify_mode = TWA_RESUME): bpf_async_task_work {
    this.end(this.call(() => this.fire(mode)).frame)
    const tw = this.tw()
    if (state === 'PENDING') return tw
    this.end(this.irq('irq_work'))
    if (state === 'RUNNING') this.until(this.targetFrame, 'res_spin_lock', tw.kern.lock.val, 2)
    if (state === 'IDLE') this.toUserMode()
    return tw
  }

  /** The interrupt that was raised last. */
  irq(label: string): Frame {
    return this.machine.frames.findLast((f) => f.name.includes(`/${label}#`))!
  }

  /** Takes the frame's next step, or enters it; gives what it was. */
  take(frame: Frame, outcome = 0): string {
    const { next } = frame
    this.step(frame.index, outcome)
    if (next === null) return 'enter'
    return next.cell === null ? next.op : `${next.op} ${short(next.cell)}`
  }

  /** Steps the frame until it stands in front of `op` on `cell`, for the given time. */
  until(frame: Frame, op: string, cell: Cell | null = null, time = 1): void {
    const there = (): boolean =>
      frame.next?.op === op && (cell === null || (frame.next.cell as Cell) === cell)
    for (let left = time; ; this.take(frame)) {
      if (there() && --left === 0) return
    }
  }

  /**
   * Steps the frame to its end, or to a fatal finding; gives its steps, but those that the primitives keep
   * for themselves.
   */
  end(frame: Frame): string[] {
    const seen: string[] = []
    while (frame.state === 'pending' || frame.state === 'active') seen.push(this.take(frame))
    return seen.filter(own)
  }

  /** Lets the target do its work and return to user mode; gives the steps as end(). */
  toUserMode(): string[] {
    const { targetFrame } = this
    const seen: string[] = []
    while (targetFrame.next?.op !== 'user mode' || targetFrame.next.ready!())
      seen.push(this.take(targetFrame))
    return seen.filter(own)
  }

  tw(): bpf_async_task_work {
    const tw = this.kern.cb.peek()
    if (tw === null) throw new Error('the value has no object')
    return tw
  }

  state(): string {
    return showState(this.tw().st.peek())
  }

  /** References: of the program, of the task, of the object. */
  refs(tw: bpf_async_task_work | null = this.kern.cb.peek()): { prog: number; task: number; tw: number } {
    return {
      prog: this.prog.aux.refcnt.peek(),
      task: this.target.rcu_users.refs.peek(),
      tw: tw === null ? 0 : tw.refcnt.refs.peek(),
    }
  }

  /** Objects of the design that are not free. */
  live(): string[] {
    const known = new Set([this.map.object, this.prog.object])
    return live_objects()
      .filter((object) => !known.has(object))
      .map((object) => generic(object.name))
  }
}

/** References while nothing is scheduled, with an object whose callback was set. */
export const AT_REST = { prog: 2, task: 2, tw: 1 }
/** References while one firing is under way. */
export const IN_FLIGHT = { prog: 3, task: 3, tw: 2 }
/** References without an object. */
export const NOTHING = { prog: 1, task: 2, tw: 0 }

function* collect(path: () => KernelPath<number>, returned: number[]): KernelPath {
  returned.push(yield* path())
}

function short(cell: Cell): string {
  return generic(cell.name)
    .replace(/^(bpf_async_task_work|map|prog|other|target)\./, '')
    .replace('value.async.', 'kern.')
}

/** The words that the design's text names; what the primitives keep for themselves is not shown. */
const WORDS = new Set(
  [
    'kern.cb kern.lock cb.prog cb.callback_fn refcnt st freed task mode run_prog put_prog',
    'usercnt aux->refcnt rcu_users',
  ].flatMap((words) => words.split(' ')),
)

function own(step: string): boolean {
  const word = step.split(' ')[1]
  if (/trace|call_rcu|smp_mb|retry/.test(step)) return true
  return step === 'try_cmpxchg task_works' || (word !== undefined && WORDS.has(word))
}
