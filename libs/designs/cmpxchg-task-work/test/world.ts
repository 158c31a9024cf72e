/** One map value, one program, one target task; and a way to take single steps of what runs. */
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
  Machine,
  type MapType,
  run_task,
  running,
  type task_struct,
} from '@bottom-half/kernel-model'
import { expect } from 'vitest'
import { cmpxchgTaskWork } from '../src/index.ts'
import { type bpf_task_work, type bpf_task_work_context, showState, task_work_of } from '../src/state.ts'
import { bpf_task_work_schedule_resume } from '../src/submit.ts'

/** A call of the kfunc, on a frame of its own. */
export interface Call {
  readonly frame: Frame
  /** What it returned; null until then. */
  err(): number | null
}

type Kfunc = typeof bpf_task_work_schedule_resume

export class World {
  readonly machine = new Machine()
  readonly mechanism = cmpxchgTaskWork.create('as-posted')
  /** Where bring() schedules. */
  readonly cpu: Cpu
  readonly map: bpf_map
  readonly value: bpf_map_value
  readonly tw: bpf_task_work
  readonly prog: bpf_prog
  readonly hook: bpf_hook
  readonly target: task_struct
  /** The target: at first in front of user mode. */
  readonly targetFrame: Frame
  /** What the BPF callback got, call by call. */
  readonly called: { map: bpf_map; key: unknown; value: bpf_map_value; frame: Frame }[] = []

  /** `target`: the system call that the target is in. */
  constructor(type: MapType = 'array', target: () => KernelPath = function* () {}) {
    this.cpu = this.machine.addCpu()
    this.map = create_map('map', type, { entries: 1, record: this.mechanism.record, keys: [7] })
    this.value = this.map.slots[0]!
    this.tw = task_work_of(this.value)
    this.prog = create_prog('prog', { used_maps: [this.map] })
    this.hook = attach(this.prog)
    this.target = create_task('target', this.machine.addCpu())
    this.targetFrame = run_task(this.target, target)
  }

  /** A frame on a CPU that has no task: handlers come in whenever they are stepped. */
  frame(level: Level, path: () => KernelPath<unknown>, cpu: Cpu = this.machine.addCpu()): Frame {
    const name = `frame${this.machine.frames.length}`
    return this.machine.addFrame({ name, cpu, level, path, immediate: false })
  }

  /** Calls the kfunc, by default in a hardirq, which keeps the irq_work from coming in before it returned. */
  schedule(
    options: { level?: Level; cpu?: Cpu; kfunc?: Kfunc; task?: task_struct; body?: bpf_callback } = {},
  ): Call {
    const kfunc = options.kfunc ?? bpf_task_work_schedule_resume
    const target = options.task ?? this.target
    const { tw, map, prog } = this
    const callback = this.callback(options.body)
    let err: number | null = null
    const frame = this.frame(
      options.level ?? Level.Hardirq,
      function* () {
        err = yield* kfunc(target, tw, map, callback, prog)
      },
      options.cpu,
    )
    return { frame, err: () => err }
  }

  private callback(body?: bpf_callback): bpf_callback {
    const { called } = this
    return function* (map, key, value): KernelPath {
      called.push({ map, key, value, frame: running() })
      if (body !== undefined) yield* body(map, key, value)
    }
  }

  /** Schedules, and lets it come as far as `state`; gives the context. */
  bring(state: 'STANDBY' | 'PENDING' | 'SCHEDULING' | 'SCHEDULED' | 'RUNNING'): bpf_task_work_context {
    this.finish(this.schedule({ cpu: this.cpu }).frame)
    const ctx = this.ctx()
    if (state === 'PENDING') return ctx
    if (state === 'SCHEDULING') this.inFrontOfAdd(this.irq(), ctx)
    else this.finish(this.irq())
    if (state === 'RUNNING') this.until(this.targetFrame, 'rcu_read_unlock_trace')
    if (state === 'STANDBY') this.toUserMode()
    return ctx
  }

  /** Steps the irq_work over its change to SCHEDULING. */
  inFrontOfAdd(irq: Frame, ctx: bpf_task_work_context): void {
    this.until(irq, 'read', ctx.task)
  }

  /** bpf_obj_free_fields() of the value, by default in a task. */
  cancel_and_free(level: Level = Level.Task, cpu?: Cpu): Frame {
    return this.frame(level, () => this.mechanism.record.obj_free_field!(this.value), cpu)
  }

  /** Takes the frame's next step, or enters it. */
  step(frame: Frame, outcome = 0): void {
    const move = (frame.index << 4) | outcome
    if (!this.machine.moves().includes(move))
      throw new Error(`${frame.name} cannot move: ${frame.next?.op ?? frame.state}`)
    this.machine.perform(move)
  }

  /** Steps the frame until it stands in front of `op` on the word `cell` (any word if absent). */
  until(frame: Frame, op: string, cell?: object): void {
    while (frame.next?.op !== op || (cell !== undefined && frame.next.cell !== cell)) this.step(frame)
  }

  /** Steps the frame to its end. Gives what it did to what the design owns. */
  finish(frame: Frame): string[] {
    const seen: string[] = []
    while (frame.state === 'pending' || frame.state === 'active') this.note(frame, seen)
    return seen
  }

  /**
   * Lets a task, by default the target, do its work and return to user mode. Gives what it did to what the
   * design owns.
   */
  toUserMode(frame: Frame = this.targetFrame): string[] {
    const seen: string[] = []
    while (frame.next?.op !== 'user mode' || frame.next.ready!()) this.note(frame, seen)
    return seen
  }

  private note(frame: Frame, seen: string[]): void {
    const next = frame.next
    const cell = next?.cell ?? null
    this.step(frame)
    if (next === null) return
    if (cell !== null && this.watched(cell)) seen.push(`${next.op} ${short(cell)}`)
    else if (/trace|migrate|memset/.test(next.op)) seen.push(next.op)
  }

  /** The members of contexts, but those that the primitives keep for themselves; and what is counted. */
  private watched(cell: Cell): boolean {
    const name = generic(cell.name)
    if (name.startsWith('bpf_task_work_context.'))
      return !/\.(rcu|work\.next|irq_work\.(node.*|a_flags))$/.test(name)
    return /\.tw\.ctx$|usercnt$|aux->refcnt$|rcu_users$/.test(name)
  }

  /** The irq_work interrupt that was raised last. */
  irq(): Frame {
    return this.machine.frames.findLast((frame) => /irq_work#\d+$/.test(frame.name))!
  }

  /** Performs moves in their order until nothing can move. */
  settle(): void {
    for (let moves = this.machine.moves(); moves.length > 0; moves = this.machine.moves())
      this.machine.perform(moves[0]!)
  }

  /** The context that the value points to. */
  ctx(): bpf_task_work_context {
    const ctx = this.tw.ctx.peek()
    if (ctx === null) throw new Error('the value has no context')
    return ctx
  }

  /** References: of the program, of the task. */
  refs(): { prog: number; task: number } {
    return { prog: this.prog.aux.refcnt.peek(), task: this.target.rcu_users.refs.peek() }
  }

  findings(): string[] {
    return this.machine.findings.map((f) => `${f.kind}: ${f.title}`)
  }
}

/** References while nothing is scheduled. */
export const AT_REST = { prog: 1, task: 2 }
/** References while one schedule is accepted. */
export const HELD = { prog: 2, task: 3 }

function short(cell: Cell): string {
  return generic(cell.name).replace(/^(bpf_task_work_context|map|prog|target)\./, '')
}

/** The state in the kernel's words. */
export function stateOf(ctx: bpf_task_work_context): string {
  return showState(ctx.state.peek()).replace('BPF_TW_', '')
}

/** The context was freed once, and nothing else is wrong. */
export function expectFreed(world: World, ctx: bpf_task_work_context): void {
  world.settle()
  expect(world.tw.ctx.peek()).toBeNull()
  expect(ctx.object.life.peek()).toBe('freed')
  expect(world.findings()).toEqual([])
}
